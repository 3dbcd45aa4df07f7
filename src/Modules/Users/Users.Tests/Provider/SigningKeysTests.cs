using System.Net;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Shared.Testing;

namespace Users.Tests;

public sealed class SigningKeysTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly KeySettings s_settings = new(null, TimeSpan.FromDays(30), TimeSpan.FromDays(1), TimeSpan.FromDays(14));

    [Fact]
    public void a_successor_is_made_a_day_before_it_signs()
    {
        var first = SigningKey.Make(s_now);

        Assert.True(SigningKey.IsDue([], s_now, s_settings));
        Assert.False(SigningKey.IsDue([first], s_now.AddDays(29).AddSeconds(-1), s_settings));
        Assert.True(SigningKey.IsDue([first], s_now.AddDays(29), s_settings));
        Assert.False(SigningKey.IsDue([first, SigningKey.Make(s_now.AddDays(29), notBefore: s_now.AddDays(30))], s_now.AddDays(31), s_settings));
    }

    [Fact]
    public void a_key_signs_from_its_time_on()
    {
        var (first, second) = (SigningKey.Make(s_now), SigningKey.Make(s_now.AddDays(29), notBefore: s_now.AddDays(30)));

        Assert.Same(first, SigningKey.Signing([second, first], s_now.AddDays(30).AddSeconds(-1)));
        Assert.Same(second, SigningKey.Signing([second, first], s_now.AddDays(30)));
    }

    [Fact]
    public void a_sealed_key_is_opened_by_its_secret_alone()
    {
        var key = SigningKey.Make(s_now, secret: "sixteen characters");

        Assert.Null(key.PrivateKey);
        Assert.NotEmpty(key.Open("sixteen characters"));
        Assert.Contains("Users:Keys:Secret", Assert.Throws<InvalidOperationException>(() => key.Open("another secret!!")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => key.Open(null));
    }

    [Fact]
    public void what_is_sealed_cannot_be_changed_or_used_for_something_else()
    {
        var closed = Sealed.Close("sixteen characters", "one", [1, 2, 3]);

        Assert.Equal([1, 2, 3], Sealed.Open("sixteen characters", "one", closed));
        Assert.ThrowsAny<CryptographicException>(() => Sealed.Open("sixteen characters", "another", closed));
        closed[^1] ^= 1;
        Assert.ThrowsAny<CryptographicException>(() => Sealed.Open("sixteen characters", "one", closed));
        Assert.ThrowsAny<CryptographicException>(() => Sealed.Open("sixteen characters", "one", [1, 2, 3]));
    }

    [Fact]
    public async Task keys_rotate_and_what_an_old_one_signed_lives_on()
    {
        await using var module = await ModuleUnderTest.StartAsync(new UsersModule(), new Dictionary<string, string?>(TheProvider.Settings)
        {
            ["Users:Keys:RotatedAfter"] = "00:00:02", ["Users:Keys:PublishedAhead"] = "00:00:01", ["Users:Keys:Secret"] = "sixteen characters",
        });
        await TheProvider.Register(module, TheProvider.AnnsEmail);
        using var browser = new Browser(module.Address);
        await browser.SignIn(TheProvider.AnnsEmail);
        var request = new CodeRequest();
        var old = await (await browser.Exchange(request, await browser.Code(request))).Json();
        var kid = new JsonWebToken(old.Text("access_token")).Kid;

        // Keys are read again when somebody wants one.
        await Eventually.True(async () => new JsonWebToken((await (await browser.OwnTokens("importer")).Json()).Text("access_token")).Kid != kid, "another key signs");
        var next = await (await browser.Refresh(old.Text("refresh_token"))).Json();

        // The host asks for keys that it does not know, but not more often than every few minutes: a key that is published before it signs is known.
        Assert.Equal(HttpStatusCode.OK, await browser.WithToken(old.Text("access_token"), "/v1/users/connect/userinfo"));
        Assert.Equal(HttpStatusCode.OK, (await browser.Refresh(next.Text("refresh_token"))).StatusCode);
        var published = (await (await browser.Get("/v1/users/keys")).Json()).GetProperty("keys").EnumerateArray().Select(key => key.Text("kid")).ToArray();
        Assert.Contains(kid, published);
        Assert.Contains(new JsonWebToken(next.Text("access_token")).Kid, published);
        Assert.Equal(0, await module.Query<long>("select count(*) from mt_doc_signingkey where data ->> 'privateKey' is not null"));
        Assert.DoesNotContain("<", await module.Query<string>("select xml from protection_keys"), StringComparison.Ordinal);
    }
}
