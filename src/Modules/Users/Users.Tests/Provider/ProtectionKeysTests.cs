using System.Xml.Linq;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Users.Tests;

[Collection(typeof(OneModule))]
public sealed class ProtectionKeysTests(TheUsers users)
{
    private static readonly KeySettings s_settings = new("sixteen characters", TimeSpan.FromDays(30), TimeSpan.FromDays(1), TimeSpan.FromDays(14));

    [Fact]
    public async Task of_instances_that_want_a_key_at_once_one_makes_it_and_all_read_it()
    {
        await Empty();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => Keys().StoreElement(new XElement("key", i), "key"))));

        var made = Assert.Single(Keys().GetAllElements());
        Assert.Equal("key", made.Name);
        await users.Module.Query<Guid>("update protection_keys set at = at - interval '11 minutes' returning id");
        Keys().StoreElement(new XElement("key", "next"), "key");
        Keys().StoreElement(new XElement("revocation", "all"), "revocation");
        Assert.Equal(["key", "key", "revocation"], Keys().GetAllElements().Select(element => element.Name.LocalName));
    }

    [Fact]
    public async Task keys_that_were_sealed_with_another_secret_are_a_fault_that_names_it()
    {
        await Empty();
        Keys().StoreElement(new XElement("key"), "key");

        var fault = Assert.Throws<InvalidOperationException>(() => Keys(s_settings with { Secret = "another secret!!" }).GetAllElements());

        Assert.Contains("Users:Keys:Secret", fault.Message, StringComparison.Ordinal);
    }

    // Without clients nobody else keeps any here.
    private Task<long> Empty() => users.Module.Query<long>("with gone as (delete from protection_keys) select 0::bigint");

    private ProtectionKeys Keys(KeySettings? settings = null) => new(users.Module.ServicesOf("users").GetRequiredService<NpgsqlDataSource>(), settings ?? s_settings);
}
