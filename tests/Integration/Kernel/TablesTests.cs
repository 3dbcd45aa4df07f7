using Marten;
using Microsoft.Extensions.DependencyInjection;

namespace Integration;

[Collection(typeof(OneAccessShop))]
public sealed class TablesTests(AccessShop shop)
{
    [Theory]
    [InlineData("users")]
    [InlineData("catalog")]
    [InlineData("inventory")]
    [InlineData("orders")]
    [InlineData("billing")]
    [InlineData("shipping")]
    public Task what_was_migrated_is_what_is_declared_so_that_the_next_start_finds_nothing_to_do(string module) =>
        shop.ServicesOf(module).GetRequiredService<IDocumentStore>().Storage.Database.AssertDatabaseMatchesConfigurationAsync(TestContext.Current.CancellationToken);
}
