namespace Bzt.Contracts.Phone;

/// <summary>What the phone app tells of the installation it belongs to.</summary>
/// <param name="ConsultationPhone">咨询电话, as it is shown and dialled; null where the operator gave none.</param>
/// <param name="ConsultationHours">When somebody answers, in Chinese.</param>
public sealed record AppAbout(string? ConsultationPhone, string? ConsultationHours);
