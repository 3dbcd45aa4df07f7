using Microsoft.AspNetCore.DataProtection;

namespace Users;

/// <summary>Until its mail is sent, a link lies in the database sealed by the keys of cookies and forms: a copy of it signs nobody in.</summary>
/// <param name="origin">Where browsers reach the shop.</param>
internal sealed class SealedLinks(IDataProtectionProvider protection, Uri origin)
{
    private readonly IDataProtector _protector = protection.CreateProtector("users.links");

    /// <param name="page">Below this module's address.</param>
    public string Close(string page) => _protector.Protect(page);

    public string Open(string link) => new Uri(origin, $"/v1/users/{_protector.Unprotect(link)}").AbsoluteUri;
}
