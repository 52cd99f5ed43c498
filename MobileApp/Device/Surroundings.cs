namespace Bzt.MobileApp.Device;

public enum HostApp { Browser, WeChat, Alipay }

/// <summary>Where the app runs.</summary>
/// <param name="Host">Browsers inside other apps have a storage that those clear as they like: no place for keys.</param>
/// <param name="Installed">Started from the home screen.</param>
/// <param name="Apple">Its browsers install by hand only.</param>
public sealed record Surroundings(HostApp Host = HostApp.Browser, bool Installed = false, bool Apple = false);
