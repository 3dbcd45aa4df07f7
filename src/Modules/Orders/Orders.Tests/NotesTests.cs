using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using static Orders.Tests.OrdersUnderTest;

namespace Orders.Tests;

/// <summary>What operators write down about an order.</summary>
public sealed class NotesTests(OrdersUnderTest orders) : IClassFixture<OrdersUnderTest>
{
    [Fact]
    public async Task notes_are_read_newest_first_page_by_page_with_their_authors()
    {
        var (id, author) = (await orders.AnOrder(), Guid.CreateVersion7());
        using HttpClient first = orders.Module.AsOperator(author), second = orders.Module.AsOperator();
        foreach (var text in new[] { "Called: no answer.", "Called again, wants it on Friday.", "Sent on Friday." }) Assert.Equal(HttpStatusCode.Created, (await Write(first, id, text)).StatusCode);
        await Write(first, await orders.AnOrder(), "of another order");

        var page = await second.GetFromJsonAsync<JsonElement>($"/v1/orders/{id}/notes?limit=2");
        var rest = await second.GetFromJsonAsync<JsonElement>($"/v1/orders/{id}/notes?limit=2&after={page.GetProperty("next").GetString()}");

        var notes = page.GetProperty("items").EnumerateArray().Concat(rest.GetProperty("items").EnumerateArray()).ToList();
        Assert.Equal(["Sent on Friday.", "Called again, wants it on Friday.", "Called: no answer."], notes.Select(note => note.GetProperty("text").GetString()!));
        Assert.All(notes, note => Assert.Equal(author, note.GetProperty("author").GetGuid()));
        Assert.All(notes, note => Assert.Equal(["id", "author", "text", "at"], note.EnumerateObject().Select(field => field.Name)));
        Assert.Equal(JsonValueKind.Null, rest.GetProperty("next").ValueKind);
    }

    [Fact]
    public async Task a_note_changes_nothing_of_its_order_and_is_not_in_its_history()
    {
        var id = await orders.AnOrder();
        using var http = orders.Module.AsOperator();
        await Write(http, id, "Looks like fraud.");

        await orders.Tell(id, "StockReserved", "PaymentCaptured");

        Assert.Equal(["placed", "stock-reserved", "payment-captured", "confirmed"], await orders.FactsOf(id));
        using var customer = orders.Module.As(orders.Customer);
        Assert.DoesNotContain("fraud", await customer.GetStringAsync(new Uri($"/v1/orders/{id}", UriKind.Relative)), StringComparison.Ordinal);
        Assert.Single((await http.GetFromJsonAsync<JsonElement>($"/v1/orders/{id}/notes")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task a_note_that_is_written_again_under_its_key_is_one()
    {
        var id = await orders.AnOrder();
        using var http = orders.Module.AsOperator();
        var key = $"{Guid.CreateVersion7()}";

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Write(http, id, "Once.", key)));

        var ids = new HashSet<Guid>();
        foreach (var answer in answers) ids.Add((await Json(answer)).GetProperty("id").GetGuid());
        var notes = (await http.GetFromJsonAsync<JsonElement>($"/v1/orders/{id}/notes")).GetProperty("items").EnumerateArray();
        Assert.Equal(Assert.Single(ids), Assert.Single(notes).GetProperty("id").GetGuid());
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "idempotency-key.reused"), await Problem(await Write(http, id, "Twice.", key)));
    }

    [Theory]
    [InlineData("""{"text":""}""", "text")]
    [InlineData("""{"text":"  "}""", "text")]
    [InlineData("""{"text":"two\nlines"}""", "text")]
    [InlineData("2001", "text")]
    [InlineData("""{"text":"fine"}""", "Idempotency-Key")]
    public async Task what_breaks_a_rule_is_named(string body, string field)
    {
        var id = await orders.AnOrder();
        using var http = orders.Module.AsOperator();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/orders/{id}/notes")
        {
            Content = new StringContent(body == "2001" ? JsonSerializer.Serialize(new { text = new string('x', 2_001) }) : body, System.Text.Encoding.UTF8, "application/json"),
        };
        if (field == "text") request.Headers.Add("Idempotency-Key", "k");

        var answer = await http.SendAsync(request);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid"), await Problem(answer));
        Assert.Equal(field, Assert.Single((await Json(answer)).GetProperty("errors").EnumerateObject()).Name);
    }

    [Theory]
    [InlineData("?limit=0", "invalid")]
    [InlineData("?limit=201", "invalid")]
    [InlineData("?after=yesterday", "request.malformed")]
    public async Task a_list_that_cannot_be_is_refused(string query, string code)
    {
        var id = await orders.AnOrder();
        using var http = orders.Module.AsOperator();

        Assert.Equal((HttpStatusCode.BadRequest, code), await Problem(await http.GetAsync(new Uri($"/v1/orders/{id}/notes{query}", UriKind.Relative))));
        Assert.Equal((HttpStatusCode.BadRequest, "request.malformed"), await Problem(await Write(http, id, null)));
    }

    [Fact]
    public async Task an_order_that_is_unknown_has_no_notes()
    {
        using var http = orders.Module.AsOperator();
        var nobodys = Guid.CreateVersion7();

        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await Write(http, nobodys, "Who is it?")));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await http.GetAsync(new Uri($"/v1/orders/{nobodys}/notes", UriKind.Relative))));
        Assert.Equal(0, await orders.Module.Query<long>("select count(*) from mt_doc_order_note where order_id = $1", nobodys));
    }

    [Fact]
    public async Task notes_are_for_operators_not_for_the_orders_customer()
    {
        var id = await orders.AnOrder();
        using HttpClient customer = orders.Module.As(orders.Customer), anonymous = orders.Module.Anonymous();

        Assert.Equal(HttpStatusCode.Forbidden, (await Write(customer, id, "Mine?")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await customer.GetAsync(new Uri($"/v1/orders/{id}/notes", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Write(anonymous, id, "Anybody's?")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync(new Uri($"/v1/orders/{id}/notes", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task an_order_has_a_thousand_notes_at_most()
    {
        var id = await orders.AnOrder();
        using var http = orders.Module.AsOperator();
        const string Many = """
            with many as (insert into mt_doc_order_note (id, data, order_id) select gen_random_uuid(), jsonb_build_object('orderId', $1, 'text', 'x'), $1 from generate_series(1, 999) returning 1)
            select count(*) from many
            """;
        Assert.Equal(999, await orders.Module.Query<long>(Many, id));

        Assert.Equal(HttpStatusCode.Created, (await Write(http, id, "The last.")).StatusCode);
        Assert.Equal((HttpStatusCode.Conflict, "order.notes-full"), await Problem(await Write(http, id, "One too many.")));
    }

    private static async Task<HttpResponseMessage> Write(HttpClient http, Guid order, string? text, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/orders/{order}/notes") { Content = JsonContent.Create(new { text }) };
        request.Headers.Add("Idempotency-Key", key ?? $"{Guid.CreateVersion7()}");
        return await http.SendAsync(request);
    }
}
