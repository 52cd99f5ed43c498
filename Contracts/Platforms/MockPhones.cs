namespace Bzt.Contracts.Platforms;

/// <summary>A mock phone scans what a sandbox platform shows (docs/platforms/sandbox.md).</summary>
/// <param name="Number">Which: its number says how it ends.</param>
/// <param name="Link">The QR link of this second, or the device link.</param>
public sealed record MockScanRequest(string Number, string Link);

/// <param name="Number">Which.</param>
/// <param name="End">How its sessions end; <see cref="SessionEnd.TimedOut"/> is reached when the session's time is over.</param>
/// <param name="Enterprise">Whose phone it is: bind with exactly this.</param>
/// <param name="ReturnUrl">Where its browser goes back to, after a device link.</param>
public sealed record MockScan(string Number, SessionEnd End, EnterpriseInfo Enterprise, string? ReturnUrl);
