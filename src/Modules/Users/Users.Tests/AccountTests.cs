using Shared.Kernel;

namespace Users.Tests;

public sealed class AccountTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_lockedFor = TimeSpan.FromMinutes(15);

    [Theory]
    [InlineData("ann@example.com")]
    [InlineData("  Ann.Lee+shop@Example.co.uk ")]
    [InlineData("ünal@example.com")]
    public void an_address_is_taken(string email) => Assert.Empty(FaultsOf(email, "Ann"));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("ann")]
    [InlineData("ann@")]
    [InlineData("@example.com")]
    [InlineData("ann lee@example.com")]
    [InlineData("ann@example.com, bob@example.com")]
    [InlineData("Ann <ann@example.com>")]
    [InlineData("ann@exam\tple.com")]
    public void what_is_no_address_is_refused(string? email) => Assert.Equal(["email"], FaultsOf(email, "Ann"));

    [Fact]
    public void an_address_has_at_most_254_characters() => Assert.Equal(["email"], FaultsOf(new string('a', 243) + "@example.com", "Ann"));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("   ")]
    [InlineData("Ann\nLee")]
    public void a_name_is_visible_text(string? name) => Assert.Equal(["name"], FaultsOf("ann@example.com", name));

    [Fact]
    public void a_name_has_at_most_200_characters() => Assert.Equal(["name"], FaultsOf("ann@example.com", new string('n', 201)));

    [Fact]
    public void addresses_are_compared_trimmed_and_in_lower_case() => Assert.Equal("ann@example.com", Account.Normal("  Ann@Example.COM "));

    [Fact]
    public void as_many_failures_as_allowed_lock_an_account()
    {
        Assert.False(AnAccount(failures: 2).IsLocked(s_now, failures: 3, s_lockedFor));
        Assert.True(AnAccount(failures: 3).IsLocked(s_now, failures: 3, s_lockedFor));
    }

    [Fact]
    public void a_lock_out_ends_and_its_failures_are_forgotten()
    {
        var account = AnAccount(failures: 3);

        Assert.True(account.IsLocked(s_now + s_lockedFor - TimeSpan.FromSeconds(1), failures: 3, s_lockedFor));
        Assert.False(account.IsLocked(s_now + s_lockedFor, failures: 3, s_lockedFor));
        Assert.False(account.RemembersFailures(s_now + s_lockedFor, s_lockedFor));
    }

    [Fact]
    public void an_account_without_failures_is_not_locked() => Assert.False(Account.Nobody.IsLocked(s_now, failures: 1, s_lockedFor));

    private static Account AnAccount(int failures) => new()
    {
        Id = Guid.CreateVersion7(), Email = "ann@example.com", Name = "Ann", Role = Role.Customer, RegisteredAt = s_now, FailedSignIns = failures, LastFailedAt = s_now,
    };

    private static IEnumerable<string> FaultsOf(string? email, string? name)
    {
        var rules = new Rules();
        Account.Check(rules, email, name);
        return Record.Exception(rules.ThrowIfBroken) is InvalidException invalid ? invalid.Errors.Keys : [];
    }
}
