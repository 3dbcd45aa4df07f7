using System.Net;

namespace Catalog.Tests;

public sealed class SearchProductsTests(TheCatalog catalog) : IClassFixture<TheCatalog>
{
    [Fact]
    public async Task names_come_before_descriptions_and_words_before_their_beginnings_and_slips_last()
    {
        await catalog.Publish("rank-1", "Something");
        await catalog.Correct("rank-1", "*", "Something", "Goes well with a quartz");
        await catalog.Publish("rank-2", "Quartzite");
        await catalog.Publish("rank-3", "Quartz");
        await catalog.Publish("rank-4", "Quarzt");

        Assert.Equal(["rank-3", "rank-2", "rank-1", "rank-4"], await Found("QUARTZ"));
    }

    [Fact]
    public async Task all_words_are_needed_in_any_order()
    {
        await catalog.Publish("all-1", "Velvet curtain, green");
        await catalog.Publish("all-2", "Velvet cushion");

        Assert.Equal(["all-1"], await Found("green velvet"));
        Assert.Equal(["all-1"], await Found("curt velv"));
        Assert.Empty(await Found("velvet saucepan"));
    }

    [Theory]
    [InlineData("marmolade")]
    [InlineData("marmlade")]
    [InlineData("marmmalade")]
    [InlineData("mramalade")]
    [InlineData("Marmelade jars")]
    [InlineData("marmalade jrs")]
    public async Task one_slip_in_a_longer_word_is_forgiven(string typed)
    {
        await catalog.Publish("slip", "Marmalade jar, jars of 6");

        Assert.Equal(typed.EndsWith("jrs", StringComparison.Ordinal) ? [] : ["slip"], await Found(typed));
    }

    [Fact]
    public async Task a_sku_is_found_by_its_beginning_and_numbers_are_meant_as_typed()
    {
        await catalog.Publish("98123A", "Teapot");
        await catalog.Publish("98123B", "Kettle");

        Assert.Equal(["98123A", "98123B"], await Found("98123"));
        Assert.Equal(["98123A"], await Found("98123a"));
        Assert.Empty(await Found("98124A"));
    }

    [Fact]
    public async Task letters_beyond_ascii_and_signs_within_words_are_words()
    {
        await catalog.Publish("utf-1", "CAFÉ T-light o'clock");

        Assert.Equal(["utf-1"], await Found("café"));
        Assert.Equal(["utf-1"], await Found("cafe clock"));
        Assert.Equal(["utf-1"], await Found("t-light"));
    }

    [Fact]
    public async Task customers_find_what_they_can_buy_and_operators_what_they_ask_for()
    {
        await catalog.Publish("state-1", "Hammock");
        await catalog.Publish("state-2", "Hammock");
        await catalog.Withdraw("state-2");
        await catalog.Draft("state-3", "Hammock");

        Assert.Equal(["state-1"], await Found("hammock"));
        Assert.Equal(["state-2"], await Found("hammock&state=withdrawn"));
        Assert.Equal(["state-3"], await catalog.Skus("?q=hammock&state=draft", catalog.Operator));
        Assert.Equal(["state"], await (await catalog.Get("?q=hammock&state=draft")).Invalid());
    }

    [Fact]
    public async Task a_search_stays_within_a_category_and_what_changes_is_found_anew()
    {
        await catalog.AddCategory("sea");
        await catalog.AddCategory("boats", "sea");
        await catalog.Publish("in-1", "Anchor");
        await catalog.Publish("in-2", "Anchor");
        await catalog.Correct("in-2", "*", "Anchor", categories: ["boats"]);

        Assert.Equal(["in-2"], await Found("anchor&category=sea"));
        await catalog.Correct("in-2", "*", "Rudder", categories: ["boats"]);
        Assert.Empty(await Found("anchor&category=sea"));
        Assert.Equal(["in-2"], await Found("ruder"));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await (await catalog.Get("?q=anchor&category=nowhere")).Problem());
    }

    [Fact]
    public async Task the_found_are_paged_without_gap_or_repetition()
    {
        foreach (var sku in (string[])["pg-3", "pg-1", "pg-5", "pg-2"]) await catalog.Publish(sku, "Candlestick");
        await catalog.Publish("pg-4", "Candlestick candlestick");

        var found = new List<string>();
        for (string? next = ""; next is not null;)
        {
            var page = await (await catalog.Get($"?q=candlestick&limit=2{(next.Length > 0 ? $"&after={next}" : "")}")).Json();
            found.AddRange(page.GetProperty("items").EnumerateArray().Select(product => product.GetProperty("sku").GetString()!));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(["pg-4", "pg-1", "pg-2", "pg-3", "pg-5"], found);
    }

    [Theory]
    [InlineData("'")]
    [InlineData("''); drop table mt_doc_product; --")]
    [InlineData("& | ! <-> :* ( ) \\")]
    [InlineData("zzz & | b")]
    [InlineData("'zzz':*")]
    [InlineData("%")]
    [InlineData("\ud83d\ude00")]
    [InlineData("\ud800")]
    [InlineData("ﷺ ️ \u0301 ﬀ ½ ²")]
    [InlineData("\u202e\u200b")]
    [InlineData("   ")]
    [InlineData("")]
    [InlineData("a b c d e f g h i j k l m n o p q r s t u v w x y z")]
    [InlineData("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    public async Task a_hostile_text_finds_nothing(string text) => Assert.Empty(await Found(Uri.EscapeDataString(text)));

    [Theory]
    [InlineData("?q=a%00b", "q")]
    [InlineData("?q=a%0ab", "q")]
    [InlineData("?q=a&limit=0", "limit")]
    [InlineData("?q=a&after=pg-1", "after")]
    [InlineData("?q=a&after=1:a%27b", "after")]
    public async Task what_breaks_rules_is_named(string query, string field) => Assert.Equal([field], await (await catalog.Get(query)).Invalid());

    [Fact]
    public async Task what_is_searched_for_has_at_most_100_characters() => Assert.Equal(["q"], await (await catalog.Get($"?q={new string('s', 101)}")).Invalid());

    [Theory]
    [InlineData("lantern", null)]
    [InlineData("an", null)]
    [InlineData("brass lantern 5", null)]
    [InlineData("lantern", "boats")]
    public async Task the_indexes_are_used_by_sessions_as_they_are(string text, string? category)
    {
        var sql = SearchProducts.Sql(new SearchProducts.Query(text, null, 50, null, category, false), SearchText.Words(text), out var values);

        await using var connection = await catalog.Module.OpenConnectionAsync();
        await using var command = new Npgsql.NpgsqlCommand($"explain {sql}", connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        var plan = "";
        while (await reader.ReadAsync()) plan += reader.GetString(0) + "\n";

        Assert.Contains("Bitmap Index Scan on products_by_words", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
        if (text == "lantern" && category is null) Assert.Contains("Bitmap Index Scan on products_by_near_words", plan, StringComparison.Ordinal);
    }

    // A difference would have every start of a host make the indexes anew.
    [Fact]
    public async Task a_second_start_finds_nothing_to_migrate()
    {
        var before = await catalog.Module.Query<string>("select string_agg(indexrelid::text, ',' order by indexrelid) from pg_index where indrelid = 'mt_doc_product'::regclass");
        await using var again = await catalog.SecondInstanceAsync();

        Assert.Equal(before, await catalog.Module.Query<string>("select string_agg(indexrelid::text, ',' order by indexrelid) from pg_index where indrelid = 'mt_doc_product'::regclass"));
    }

    private Task<IEnumerable<string?>> Found(string text) => catalog.Skus($"?q={text}");
}
