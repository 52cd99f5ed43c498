namespace Bzt.Contracts.Phone;

/// <summary>授权权限: what a member may do with the enterprise's certificates at a platform. Login includes binding.</summary>
public enum AuthorisationScope { Login, Sign, Seal, Encrypt, Decrypt }
