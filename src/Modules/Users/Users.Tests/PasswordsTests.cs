using System.Buffers.Binary;
using Shared.Kernel;

namespace Users.Tests;

public sealed class PasswordsTests
{
    [Fact]
    public void a_password_fits_its_hash_and_no_other()
    {
        var hash = Passwords.Hash("correct horse battery");

        Assert.True(Passwords.Fit(hash, "correct horse battery"));
        Assert.False(Passwords.Fit(hash, "correct horse batterz"));
    }

    [Fact]
    public void nothing_fits_where_there_is_no_password() => Assert.False(Passwords.Fit(null, ""));

    [Fact]
    public void a_hash_is_salted_and_made_by_210000_rounds_of_sha_512()
    {
        var hash = Convert.FromBase64String(Passwords.Hash("correct horse battery"));

        // Identity's format 3: marker, function (2 = HMAC-SHA-512), rounds.
        Assert.Equal([1, 0, 0, 0, 2], hash[..5]);
        Assert.Equal(210_000u, BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(5)));
        Assert.NotEqual(hash, Convert.FromBase64String(Passwords.Hash("correct horse battery")));
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    [InlineData(200, true)]
    [InlineData(201, false)]
    public void a_password_has_10_to_200_characters(int length, bool taken)
    {
        var rules = new Rules();

        Passwords.Check(rules, new string('p', length));

        Assert.Equal(taken, Record.Exception(rules.ThrowIfBroken) is null);
    }
}
