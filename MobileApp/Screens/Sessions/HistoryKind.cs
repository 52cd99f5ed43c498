namespace Bzt.MobileApp.Screens.Sessions;

/// <summary>What the user filters records by.</summary>
internal enum HistoryKind { All, Signed, Decrypted, Pin, Certificate }
