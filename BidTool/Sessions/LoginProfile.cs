using System.Text.Json;
using Bzt.BidTool.Commands;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;

namespace Bzt.BidTool.Sessions;

/// <summary>One login: the project token and the one-time key it is bound to.</summary>
/// <param name="Bzt">Where the sessions are opened.</param>
/// <param name="SealingSession">会话签章 that the user ticked at one of this login's requests.</param>
/// <param name="ToolKey">PKCS#8; why the file is readable by its owner only.</param>
internal sealed record ToolLogin(
    Uri Platform, Uri Bzt, string PlatformId, string PlatformName, ProjectInfo Project, EnterpriseInfo Enterprise, string Token, DateTimeOffset ExpiresAt, byte[] ToolKey,
    Guid? SealingSession = null)
{
    public override string ToString() => $"ToolLogin {Project.ProjectId}";
}

/// <summary>Keeps the login between commands, in a file of mode 0600.</summary>
internal sealed class LoginProfile(string? file)
{
    private readonly string path = file ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "bidtool", "login.json");

    public bool Exists => File.Exists(path);

    public ToolLogin Load()
    {
        if (!File.Exists(path))
        {
            throw new ToolException("not_logged_in", "尚未登录项目，请先运行 bidtool login --platform 平台地址 --tender 项目编号");
        }

        ToolLogin? login;
        try
        {
            login = JsonSerializer.Deserialize<ToolLogin>(File.ReadAllBytes(path));
        }
        catch (JsonException)
        {
            login = null;
        }

        if (login is null || login.ExpiresAt <= DateTimeOffset.UtcNow)
        {
            throw new ToolException("login_expired", "登录已失效，请重新运行 bidtool login");
        }

        return login;
    }

    public void Save(ToolLogin login)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var partial = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(partial, options))
        {
            JsonSerializer.Serialize(stream, login);
        }

        File.Move(partial, path, overwrite: true);
    }
}
