using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Shared.Kernel;

namespace Users;

/// <summary>PBKDF2 with SHA-512, salted, 210,000 iterations (OWASP's figure): about a tenth of a second, for whoever guesses too.</summary>
internal static class Passwords
{
    private static readonly PasswordHasher<Account> s_hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));

    private static readonly string s_nobodys = Hash(Guid.NewGuid().ToString());

    public static void Check(Rules rules, string? password, string field = "password") =>
        rules.Require(password?.Length is >= 10 and <= 200, field, "must have 10 to 200 characters");

    public static string Hash(string password) => s_hasher.HashPassword(Account.Nobody, password);

    /// <summary>Takes the same time where there is no hash to compare with.</summary>
    public static bool Fit(string? hash, string password) =>
        s_hasher.VerifyHashedPassword(Account.Nobody, hash ?? s_nobodys, password) != PasswordVerificationResult.Failed && hash is not null;
}
