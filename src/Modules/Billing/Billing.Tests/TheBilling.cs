using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Contracts;
using Billing.Tests;
using Inventory.Contracts;
using Npgsql;
using Orders.Contracts;
using Shared.Testing;

[assembly: AssemblyFixture(typeof(TheBilling))]
[assembly: CollectionBehavior(DisableTestParallelization = true)] // One module for all: "at rest" is said of all that happens in it.

namespace Billing.Tests;

/// <summary>The one module of the run. Each test has orders of its own.</summary>
public sealed class TheBilling : IAsyncLifetime
{
    public ModuleUnderTest Module { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Module = await ModuleUnderTest.StartAsync(new BillingModule(), new Dictionary<string, string?>
    {
        ["Billing:Provider"] = "test",
        ["Billing:Seller:Name"] = "Tea & Cups",
        ["Billing:Seller:Street"] = "1 High Street",
        ["Billing:Seller:PostalCode"] = "AB1 2CD",
        ["Billing:Seller:City"] = "Town",
        ["Billing:Seller:Country"] = "GB",
        ["Billing:Seller:TaxNumber"] = "GB123456789",
        ["Billing:Seller:BankAccount"] = "GB00 BANK 1234",
        ["Billing:OnInvoice:Limit"] = "100",
        ["Billing:OnInvoice:Days"] = "10",
        ["Billing:OnInvoice:RemindAfter"] = "3,10",
    });

    public ValueTask DisposeAsync() => Module.DisposeAsync();

    public static OrderPlaced AnOrder(string token = "test-ok", decimal total = 20m, decimal? taxRate = null) =>
        new(Guid.CreateVersion7(), Guid.CreateVersion7(), [new OrderLine("a", 2, total / 2, total)], total, "EUR", token, "GB", TaxRate: taxRate);

    public static StockReserved TheStockOf(OrderPlaced order) => new(order.OrderId);

    public static OrderCancelled TheCancellationOf(OrderPlaced order) => new(order.OrderId, "customer");

    /// <summary>Delivers one after the other, and waits until what follows from them has been done too.</summary>
    public async Task Deliver(params object[] messages)
    {
        foreach (var message in messages)
        {
            await (message switch
            {
                OrderPlaced placed => Module.Deliver(placed),
                StockReserved reserved => Module.Deliver(reserved),
                OrderCancelled cancelled => Module.Deliver(cancelled),
                _ => throw new ArgumentException($"No test delivers {message}."),
            });
        }

        await Module.AtRest();
    }

    public async Task<OrderPlaced> ACapturedOrder(string token = "test-ok", decimal total = 20m)
    {
        var order = AnOrder(token, total);
        await Deliver(order, TheStockOf(order));
        return order;
    }

    public Task<HttpResponseMessage> PostRefund(OrderPlaced order, object body, Guid? key = null, HttpClient? client = null) =>
        Post($"payments/{order.OrderId}/refunds", body, key, client);

    public async Task<JsonNode> Refund(OrderPlaced order, decimal amount, string reason = "goodwill")
    {
        await Module.AtRest(); // The refund before may be on its way: who changes the payment at the same moment is answered 409.
        var answer = await PostRefund(order, new { amount, reason });
        Assert.Equal(System.Net.HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    public async Task<HttpResponseMessage> Post(string path, object body, Guid? key = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/billing/{path}") { Content = JsonContent.Create(body), Headers = { { "Idempotency-Key", $"{key ?? Guid.NewGuid()}" } } };
        return await (client ?? Module.AsOperator()).SendAsync(request);
    }

    /// <summary>Until disposed, the provider takes requests and answers none.</summary>
    public async Task<IAsyncDisposable> TheProviderIsSlow()
    {
        var connection = new NpgsqlConnection(await AdministratorsConnectionString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("begin; lock table billing.test_provider in exclusive mode", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>How many of the module's sessions at the database are in this state.</summary>
    public Task<long> SessionsThat(string condition) =>
        Module.Query<long>($"select count(*) from pg_stat_activity where usename = current_user and datname = current_database() and {condition}");

    public async Task<string> AdministratorsConnectionString() => new NpgsqlConnectionStringBuilder((await PostgresServer.SharedAsync()).ConnectionString)
    {
        Database = await Module.Query<string>("select current_database()::text"),
        Pooling = false,
    }.ConnectionString;

    public async Task<JsonNode> Get(string path) => (await Module.AsOperator().GetFromJsonAsync<JsonNode>($"/v1/billing/{path}"))!;

    public async Task<string> StateOf(OrderPlaced order) => (string)(await Get($"payments/{order.OrderId}"))["state"]!;

    /// <summary>What everybody says of the order's money: the provider's books, the ledger and what was told must agree.</summary>
    public async Task<Money> MoneyOf(OrderPlaced order)
    {
        await Module.AtRest();
        var money = new Money(
            await Module.Query<decimal>("select coalesce(sum(captured), 0) from test_provider where order_id = $1", order.OrderId),
            await Module.Query<decimal>("select coalesce(sum(refunded), 0) from test_provider where order_id = $1", order.OrderId));

        Assert.Equal(money, new(
            (await Module.Published<PaymentCaptured>()).Where(captured => captured.OrderId == order.OrderId).Sum(captured => captured.Amount),
            (await Module.Published<PaymentRefunded>()).Where(refunded => refunded.OrderId == order.OrderId).Sum(refunded => refunded.Amount)));
        Assert.Equal(money, new(
            await Module.Query<decimal>("select coalesce(sum(credit), 0) from ledger where order_id = $1 and account = 'sales'", order.OrderId),
            await Module.Query<decimal>("select coalesce(sum(debit), 0) from ledger where order_id = $1 and account = 'refunds'", order.OrderId)));
        Assert.Equal(
            money.Captured - money.Refunded,
            await Module.Query<decimal>("select coalesce(sum(debit - credit), 0) from ledger where order_id = $1 and account = 'provider'", order.OrderId));
        Assert.True(await Module.Query<long>("select coalesce(sum(captures), 0) from test_provider where order_id = $1", order.OrderId) <= 1);
        return money;
    }
}

public sealed record Money(decimal Captured, decimal Refunded);
