using System.Text.Json;
using Bzt.BidTool.Commands;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Sessions;

/// <summary>One login: the project token and the one-time key it is bound to.</summary>
/// <param name="Bzt">Where the sessions are opened.</param>
/// <param name="SealingSession">会话签章 that the user ticked at one of this login's requests.</param>
/// <param name="Token">Null after a login with a CA lock of an enterprise the service does not know.</param>
/// <param name="ToolKey">PKCS#8; why the file is readable by its owner only.</param>
/// <param name="ByLock">Logged in with a CA lock: the next commands use it too, unless told otherwise.</param>
internal sealed record ToolLogin(
    Uri Platform, Uri Bzt, string PlatformId, string PlatformName, ProjectInfo Project, EnterpriseInfo Enterprise, string? Token, DateTimeOffset ExpiresAt, byte[] ToolKey,
    Guid? SealingSession = null, bool ByLock = false)
{
    public override string ToString() => $"ToolLogin {Project.ProjectId}";
}

/// <summary>Keeps the login between commands, in a file of mode 0600.</summary>
internal sealed class LoginProfile(string? file)
{
    private readonly string path = file ?? ToolConfiguration.DefaultPath("login.json");

    public bool Exists => File.Exists(path);

    /// <summary>The login for a tender.</summary>
    /// <exception cref="ToolException">None, or over.</exception>
    public ToolLogin Load()
    {
        if (!File.Exists(path))
        {
            throw new ToolException("not_logged_in", Say("尚未登录项目，请先运行 bidtool login --platform 平台地址 --tender 项目编号", "Not logged in: run bidtool login --platform ADDRESS --tender NUMBER"));
        }

        return Read() is { } login && login.ExpiresAt > DateTimeOffset.UtcNow
            ? login
            : throw new ToolException("login_expired", Say("登录已失效，请重新运行 bidtool login", "The login is over: run bidtool login again"));
    }

    /// <summary>The login if there is one that is not over.</summary>
    public ToolLogin? Current() => File.Exists(path) && Read() is { } login && login.ExpiresAt > DateTimeOffset.UtcNow ? login : null;

    /// <summary>Where it was logged in last, also when that is over.</summary>
    public Uri? LastPlatform() => File.Exists(path) ? Read()?.Platform : null;

    private ToolLogin? Read()
    {
        try
        {
            return JsonSerializer.Deserialize<ToolLogin>(File.ReadAllBytes(path));
        }
        catch (JsonException)
        {
            return null;
        }
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
