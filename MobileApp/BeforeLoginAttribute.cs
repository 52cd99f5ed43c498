namespace Bzt.MobileApp;

/// <summary>A screen that needs no login. Every other one is behind the login screen.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class BeforeLoginAttribute : Attribute;
