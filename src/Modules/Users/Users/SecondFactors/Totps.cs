using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using OtpNet;
using Shared.Kernel;

namespace Users;

/// <summary>Makes, seals and checks the secrets that codes come from.</summary>
internal sealed class Totps(IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>In base 32, as programs take it.</summary>
    public static string NewSecret() => Base32Encoding.ToString(KeyGeneration.GenerateRandomKey(20));

    /// <summary>By which a program on a telephone takes a secret over.</summary>
    public static string Address(string secret, string account, string shop) => new OtpUri(OtpType.Totp, secret, account, shop.Replace(':', ' ')).ToString();

    public string Close(string secret, Guid account) => Protector(account).Protect(secret);

    /// <summary>As a form brings it back. Null: it is another account's, too old, or was changed.</summary>
    public string? Read(string closed, Guid account)
    {
        try
        {
            return Protector(account).Unprotect(closed);
        }
        catch (CryptographicException)
        {
            // What a browser sends may be anything.
            return null;
        }
    }

    /// <exception cref="RefusedException">Its keys are gone.</exception>
    public string Open(string closed, Guid account) => Read(closed, account) ?? throw new RefusedException(
        "user.second-factor-sealed", "Codes of your telephone cannot be checked: the keys by which second factors are sealed are not there any more (protection_keys). Use a recovery code; if you have none, another operator removes the second factor (DELETE /v1/users/{id}/second-factor).");

    /// <summary>The time step of a code: this one, the one before or the one after, since clocks differ. Null: it fits none.</summary>
    public long? StepOf(string secret, string code) =>
        new Totp(Base32Encoding.ToBytes(secret)).VerifyTotp(clock.GetUtcNow().UtcDateTime, SecondFactor.Plain(code), out var step, new VerificationWindow(previous: 1, future: 1)) ? step : null;

    private IDataProtector Protector(Guid account) => protection.CreateProtector("users.second-factor", account.ToString());
}
