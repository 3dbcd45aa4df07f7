using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Orders.Contracts;
using Shared.Testing;

namespace Shipping.Tests;

/// <summary>The module on a database of its own, one for each class of tests, and the words those tests speak in.</summary>
public class ShippingUnderTest : IAsyncLifetime
{
    private ModuleUnderTest? _module;

    public ModuleUnderTest Module => _module!;

    public Guid Customer { get; } = Guid.CreateVersion7();

    public Guid Operator { get; } = Guid.CreateVersion7();

    public static Dictionary<string, string?> Settings => new()
    {
        ["Shipping:Sender:Name"] = "The <Shop>", ["Shipping:Sender:Street"] = "1 High Street", ["Shipping:Sender:PostalCode"] = "N1 9GU", ["Shipping:Sender:City"] = "London", ["Shipping:Sender:Country"] = "GB",
    };

    public static DeliveryAddress Home { get; } = new("Ada Byron", "12 St James's Square", "SW1Y 4JH", "London");

    public async ValueTask InitializeAsync() => _module = await ModuleUnderTest.StartAsync(new ShippingModule(), new Dictionary<string, string?>(Settings) { ["Shipping:Courier"] = Courier });

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Module.DisposeAsync();
    }

    protected virtual string? Courier => null;

    /// <summary>A confirmed order, whose shipment is ready.</summary>
    public async Task<Guid> AShipment(Guid? order = null, DeliveryAddress? to = null)
    {
        var id = order ?? Guid.CreateVersion7();
        await Module.Deliver(new OrderConfirmed(id, Customer, [new OrderLine("mug", 2, 4.99m, 9.98m), new OrderLine("jug", 1, 12m, 12m)], "GB", to ?? Home));
        return id;
    }

    /// <summary>A document as the version before wrote it.</summary>
    public async Task<Guid> AShipmentFromBefore(string state)
    {
        var id = Guid.CreateVersion7();
        var sent = state == "ready" ? "" : $$""" "trackingNumber": "OLD-1", "dispatchedAt": "2026-01-02T03:04:06+00:00", """;
        var arrived = state == "delivered" ? """ "deliveredAt": "2026-01-02T03:04:07+00:00", """ : "";
        await Module.Query<Guid>("insert into mt_doc_shipment (id, data, state, mt_version) values ($1, $2::jsonb, $3, gen_random_uuid()) returning id", id, $$"""
            {"id": "{{id}}", "customerId": "{{Customer}}", "lines": [{"sku": "mug", "quantity": 2}, {"sku": "jug", "quantity": 1}], {{sent}} {{arrived}} "state": "{{state}}", "readyAt": "2026-01-02T03:04:05+00:00"}
            """, state);
        return id;
    }

    public async Task<HttpResponseMessage> Dispatch(Guid order, string? trackingNumber = null)
    {
        using var http = Module.AsOperator();
        http.DefaultRequestHeaders.Add("Idempotency-Key", "not needed, not minded");
        using var body = trackingNumber is null ? null : JsonContent.Create(new { trackingNumber });
        return await http.PostAsync(new Uri($"/v1/shipping/shipments/{order}/dispatch", UriKind.Relative), body);
    }

    public async Task<HttpResponseMessage> Deliver(Guid order)
    {
        using var http = Module.AsOperator();
        http.DefaultRequestHeaders.Add("Idempotency-Key", "not needed, not minded");
        return await http.PostAsync(new Uri($"/v1/shipping/shipments/{order}/deliver", UriKind.Relative), null);
    }

    public async Task<JsonElement> Shipment(Guid order)
    {
        using var http = Module.AsOperator();
        return await http.GetFromJsonAsync<JsonElement>($"/v1/shipping/shipments/{order}");
    }

    public async Task<string> StateOf(Guid order) => (await Shipment(order)).GetProperty("state").GetString()!;

    /// <summary>How often the module has published the event about this order.</summary>
    public async Task<int> Published<TEvent>(Func<TEvent, Guid> order, Guid id) => (await Module.Published<TEvent>()).Count(@event => order(@event) == id);

    public async Task<HttpResponseMessage> Get(string path)
    {
        using var http = Module.AsOperator();
        return await http.GetAsync(new Uri($"/v1/shipping/{path}", UriKind.Relative));
    }

    public async Task<HttpResponseMessage> Post(string path, object? body = null, string? key = null)
    {
        using var http = Module.AsOperator(Operator);
        http.DefaultRequestHeaders.Add("Idempotency-Key", key ?? $"{Guid.CreateVersion7()}");
        return await http.PostAsJsonAsync(new Uri($"/v1/shipping/{path}", UriKind.Relative), body ?? new { });
    }

    /// <summary>Dispatches these in a parcel of their own.</summary>
    public Task<HttpResponseMessage> Part(Guid order, string? trackingNumber, params (string Sku, int Quantity)[] lines) =>
        Post($"shipments/{order}/parcels", new { lines = lines.Select(line => new { sku = line.Sku, quantity = line.Quantity }), trackingNumber });

    public async Task<IReadOnlyList<JsonElement>> Parcels(Guid order) => [.. (await Json(await Get($"shipments/{order}/tracking"))).GetProperty("parcels").EnumerateArray()];

    /// <summary>Each parcel as state and number.</summary>
    public async Task<string> Tracking(Guid order) => string.Join(", ", (await Parcels(order)).Select(parcel => $"{parcel.GetProperty("state").GetString()} {parcel.GetProperty("trackingNumber").GetString()}".TrimEnd()));

    /// <summary>The id of the order's parcel with this number; without one, of its only parcel.</summary>
    public async Task<Guid> ParcelOf(Guid order, string? number = null) =>
        (await Parcels(order)).Single(parcel => number is null || parcel.GetProperty("trackingNumber").GetString() == number).GetProperty("id").GetGuid();

    public static async Task<JsonElement> Json(HttpResponseMessage answer) => JsonElement.Parse(await answer.Content.ReadAsStringAsync());

    public static async Task<(HttpStatusCode Status, string Code)> Problem(HttpResponseMessage answer) =>
        (answer.StatusCode, (await Json(answer)).GetProperty("code").GetString()!);
}

/// <summary>The same, its parcels booked with the test courier.</summary>
public sealed class ShippingByTestCourier : ShippingUnderTest
{
    protected override string? Courier => "test";

    /// <summary>Until disposed, the courier takes requests and answers none.</summary>
    public async Task<IAsyncDisposable> TheCourierIsSlow()
    {
        var administrator = new NpgsqlConnectionStringBuilder((await PostgresServer.SharedAsync()).ConnectionString) { Database = await Module.Query<string>("select current_database()::text"), Pooling = false };
        var connection = new NpgsqlConnection(administrator.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("begin; lock table shipping.test_courier in exclusive mode", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>Dispatches, and returns while the courier is thinking.</summary>
    public async Task DispatchAndAwaitTheQuestion(Guid order)
    {
        Assert.Equal(HttpStatusCode.Accepted, (await Dispatch(order)).StatusCode);
        await Eventually.True(async () => await SessionsThat("wait_event_type = 'Lock' and query like 'insert into test_courier%'") == 1, "the courier is being asked");
    }

    /// <summary>How many of the module's sessions at the database are in this state.</summary>
    public Task<long> SessionsThat(string condition) =>
        Module.Query<long>($"select count(*) from pg_stat_activity where usename = current_user and datname = current_database() and {condition}");
}
