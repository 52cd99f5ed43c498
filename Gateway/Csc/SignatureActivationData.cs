using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using Bzt.Gateway.OpenIdConnect;
using Bzt.Grains;
using Microsoft.AspNetCore.DataProtection;
using OpenIddict.Validation;

namespace Bzt.Gateway.Csc;

/// <param name="Session">In which the phone was asked.</param>
/// <param name="ExpiresAt">Of the SAD; a handle is as good as its session.</param>
internal sealed record Activation(Guid Session, string Platform, Guid User, DateTimeOffset ExpiresAt)
{
    public bool IsOf(CscCaller caller) => Platform == caller.Platform.Platform.Value && User == caller.User.Value;
}

/// <summary>
/// Handles and SADs: which session they stand for and whose they are, under the gateways' keys. They hold nothing that signs; what a SAD is
/// still good for is the grain's to say.
/// </summary>
internal sealed class SignatureActivationData(IDataProtectionProvider protection, OpenIddictValidationService tokens, IGrainFactory grains)
{
    /// <summary>After the session's end.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const int Longest = 16 * 1024;

    private readonly IDataProtector handles = protection.CreateProtector("bzt/v1/csc-handle");
    private readonly IDataProtector sads = protection.CreateProtector("bzt/v1/csc-sad");

    public string IssueHandle(Activation activation) => Write(handles, activation);

    public string IssueSad(Activation activation) => Write(sads, activation);

    public bool TryReadHandle(string text, [NotNullWhen(true)] out Activation? activation) => TryRead(handles, text, out activation);

    /// <summary>A SAD of ours, or an access token of scope credential in its place (CSC §11.10).</summary>
    public async Task<Activation?> ReadSadAsync(string text)
    {
        if (TryRead(sads, text, out var activation))
        {
            return activation;
        }

        try
        {
            return await CscCaller.OfAsync(await tokens.ValidateAccessTokenAsync(text), grains) is { Credential: not null } granted ? Of(granted) : null;
        }
        catch (OpenIddict.Abstractions.OpenIddictExceptions.ProtocolException)
        {
            return null;
        }
    }

    /// <summary>A token of scope credential is its own SAD, for as long as it lives.</summary>
    public static Activation Of(CscCaller granted) => new(granted.Session.Value, granted.Platform.Platform.Value, granted.User.Value, DateTimeOffset.MaxValue);

    private static string Write(IDataProtector protector, Activation activation) => Base64Url.EncodeToString(protector.Protect(JsonSerializer.SerializeToUtf8Bytes(activation)));

    private static bool TryRead(IDataProtector protector, string text, [NotNullWhen(true)] out Activation? activation)
    {
        activation = null;
        if (text.Length > Longest || !Base64Url.IsValid(text))
        {
            return false;
        }

        try
        {
            activation = JsonSerializer.Deserialize<Activation>(protector.Unprotect(Base64Url.DecodeFromChars(text)));
        }
        catch (CryptographicException)
        {
            return false;
        }

        return activation is not null;
    }
}
