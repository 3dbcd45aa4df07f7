using System.Net.Mail;
using Shared.Kernel;

namespace Users;

public enum Role
{
    Customer,
    Operator,
}

internal static class Roles
{
    /// <summary>As tokens name it.</summary>
    public static string Claim(this Role role) => role == Role.Operator ? Policies.Operator : Policies.Customer;
}

/// <summary>Somebody known to the shop. Without a password hash nobody can sign in to it.</summary>
public sealed class Account
{
    public const int LongestEmail = 254, LongestName = 200;

    public required Guid Id { get; init; }

    /// <summary>In its normal form, in which it is unique.</summary>
    public required string Email { get; init; }

    public required string Name { get; init; }

    public string? PasswordHash { get; init; }

    public required Role Role { get; init; }

    public required DateTimeOffset RegisteredAt { get; init; }

    /// <summary>Of mails: a tag such as de or en-GB. Null: the shop's.</summary>
    public string? Language { get; init; }

    /// <summary>When its owner was last seen to read what is sent to the address. Null: not yet.</summary>
    public DateTimeOffset? EmailConfirmedAt { get; init; }

    /// <summary>Sessions and tokens of an earlier one are over.</summary>
    public int Generation { get; init; }

    /// <summary>In a row, counted by SQL so that attempts at once are all counted.</summary>
    public int FailedSignIns { get; init; }

    public DateTimeOffset? LastFailedAt { get; init; }

    /// <summary>Attempts on an address without an account run against this one: the same work, the same answer.</summary>
    internal static readonly Account Nobody = new() { Id = Guid.Empty, Email = "", Name = "", Role = Role.Customer, RegisteredAt = default };

    internal static string Normal(string email) => email.Trim().ToLowerInvariant();

    internal static void Check(Rules rules, string? email, string? name)
    {
        CheckEmail(rules, email);
        rules.Text(name, "name", most: LongestName);
    }

    internal static void CheckEmail(Rules rules, string? email)
    {
        if (rules.Text(email, "email", most: LongestEmail))
            rules.Require(MailAddress.TryCreate(email!.Trim(), out var address) && address.Address == email.Trim(), "email", "must be an e-mail address such as ann@example.com");
    }

    /// <summary>Failures are forgotten when the last one is as long ago as a lock-out lasts.</summary>
    internal bool RemembersFailures(DateTimeOffset now, TimeSpan lockedFor) => now < LastFailedAt + lockedFor;

    internal bool IsLocked(DateTimeOffset now, int failures, TimeSpan lockedFor) => FailedSignIns >= failures && RemembersFailures(now, lockedFor);
}
