using Shared.Testing;

namespace Integration;

/// <summary>The shop as a client in another language and a person in a browser find it: its own provider, its pages, one order of each kind.</summary>
public sealed class ShopperTests(ShopWithItsProvider started) : IClassFixture<ShopWithItsProvider>
{
    [Fact]
    public async Task a_customer_shops_from_registration_to_delivery_by_nothing_but_fetch()
    {
        var seen = await Node.RunAsync("shopper.js", started.Address, started.Callback, ShopWithItsProvider.Secret);

        Assert.Equal("tea", (string)Assert.Single(seen["found"]!.AsArray())!);
        Assert.Equal((8.95m, 8.95m, true), ((decimal)seen["quoted"]!, (decimal)seen["total"]!, (bool)seen["once"]!));
        Assert.Equal((404, "payment.declined", 8.95m), ((int)seen["strangers"]!, (string)seen["declined"]!, (decimal)seen["refunded"]!));
        Assert.Equal(("T-1", 98), ((string)seen["tracking"]!, (int)seen["stock"]!));
        await started.Shop.MustHoldAsync();
    }

    [Fact]
    public async Task a_person_opens_an_account_and_signs_in_with_a_browser_that_runs_no_scripts()
    {
        var seen = await Node.RunAsync("signing-in.js", started.Address, started.Callback);

        Assert.Equal(("en", 3, 2, "Sign in"), ((string)seen["language"]!, (int)seen["faults"]!, (int)seen["shown"]!, (string)seen["asked"]!));
        Assert.Contains("do not fit", (string)seen["refused"]!, StringComparison.Ordinal);
        foreach (var way in new[] { "registered", "signedIn" }) Assert.Equal(("mine", true), ((string)seen[way]!["state"]!, (bool)seen[way]!["code"]!));
    }
}

/// <summary>A shop that is its own OpenID provider, all in one.</summary>
public sealed class ShopWithItsProvider : IAsyncLifetime
{
    public const string Secret = "0123456789-0123456789-0123456789";

    private readonly FreePort _client = FreePort.Take();

    public string Callback => $"http://127.0.0.1:{_client}/callback";

    public Shop Shop { get; private set; } = null!;

    public string Address => Shop.Address.ToString().TrimEnd('/');

    public async ValueTask InitializeAsync()
    {
        Shop = await Shop.StartAsync(TopologyUnderTest.Parse("all-in-one"));
        // Its name among the settings is its address, which is known now.
        await Shop.StopHostAsync(Shop.Main);
        await Shop.StartHostAsync(Shop.Main, settings: new Dictionary<string, string?>
        {
            ["Tokens:Issuer"] = $"{Address}/v1/users",
            ["Users:Clients:shop:RedirectUris"] = Callback, ["Users:Clients:importer:Secret"] = Secret, ["Users:Clients:importer:Role"] = "operator",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Shop.DisposeAsync();
        _client.Dispose();
    }
}
