using Inventory.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shared.Kernel;
using Shared.Testing;

namespace Users.Tests;

/// <summary>Operators hear of dead letters, those of mails included, and a mail that is one itself is the end of it.</summary>
public sealed class DeadLetterMailTests : IAsyncLifetime
{
    private const string Ann = "ann@example.com", Bert = "bert@example.com";

    private readonly SmtpStandIn _server = new();
    private ModuleUnderTest _module = null!;

    public async ValueTask InitializeAsync() => _module = await ModuleUnderTest.StartAsync(new UsersModule(), new Dictionary<string, string?>
    {
        ["Users:Mail:Provider"] = "smtp", ["Users:Mail:From"] = "Shop <shop@example.com>", ["Users:Mail:Operators"] = $"{Ann},{Bert}",
        ["Users:Mail:Smtp:Host"] = "127.0.0.1", ["Users:Mail:Smtp:Port"] = $"{_server.Port}", ["Users:Mail:Smtp:Tls"] = "none",
    });

    public async ValueTask DisposeAsync()
    {
        await _module.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task every_operator_has_one_mail_for_an_event_however_often_it_comes()
    {
        var since = new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);
        var noticed = new DeadLettersNoticed(Guid.CreateVersion7(), "billing", [new("module://billing/when-order-placed", "orders.order-placed.v1", 40, since.AddHours(1)), new("module://billing/make-refund", "billing.make-refund.v1", 2, since)]);

        for (var times = 0; times < 2; times++) await _module.Deliver(noticed);
        await _module.Deliver(noticed with { Id = Guid.CreateVersion7(), Module = "orders" });

        var billing = await Taken("Subject: Dead letters in billing: 42");
        Assert.Equal(2, billing.Length);
        Assert.All(billing, text => Assert.Contains("the first of them at 2026-03-01 10:00:00Z", Joined(text), StringComparison.Ordinal));
        Assert.All(billing, text => Assert.Contains("./modular messages list --module billing", Joined(text), StringComparison.Ordinal));
        Assert.Equal(2, (await Taken("Subject: Dead letters in orders: 42")).Length);
    }

    [Fact]
    public async Task whom_mails_reach_hears_of_those_that_were_given_up()
    {
        _server.Unknown.Add(Bert);
        await _module.Deliver(new StockLow("TEA", 1));
        await Dead(1);

        await _module.TellDeadLetters();
        // The one to Bert about this is dead as well, and told of to Ann; there is none to Bert.
        await Dead(2);
        await Wait();
        await _module.TellDeadLetters();

        await _module.AtRest();
        Assert.Equal(2, (await Taken("Subject: Dead letters in users: 1")).Length);
        Assert.Equal(2, (await DeadLetters.ListAsync(10)).Count);
    }

    [Fact]
    public async Task if_no_mail_gets_through_there_is_an_end_of_mails_about_mails()
    {
        _server.Unknown.Add(Ann);
        _server.Unknown.Add(Bert);
        await _module.Deliver(new StockLow("TEA", 1));
        await Dead(2);
        await _module.TellDeadLetters();
        await Dead(4);

        await Wait();
        await _module.TellDeadLetters();
        await _module.AtRest();
        Assert.Equal(4, (await DeadLetters.ListAsync(10)).Count);

        // Of other messages he is told all the same, and once such a mail has reached him of mails again.
        _server.Unknown.Clear();
        await _module.Deliver(new DeadLettersNoticed(Guid.CreateVersion7(), "orders", [new("module://orders/when-stock-low", "inventory.stock-low.v1", 1, default)]));
        await _module.AtRest();
        await _module.Deliver(new DeadLettersNoticed(Guid.CreateVersion7(), "users", [new("module://users/send-mail", "users.send-mail.v1", 7, default)]));
        Assert.Equal(2, (await Taken("Subject: Dead letters in users: 7")).Length);
    }

    private DeadLetters DeadLetters => new(_module.ServicesOf("users").GetRequiredService<NpgsqlDataSource>());

    private Task Dead(int count) => Eventually.True(async () => (await DeadLetters.ListAsync(10)).Count == count, $"{count} dead mails");

    /// <summary>As if what was decided on were some minutes older.</summary>
    private Task<string> Wait() => _module.Query<string>("with earlier as (update mt_doc_mail set decided_at = decided_at - interval '5 minutes' returning 1) select 'aged'");

    private async Task<string[]> Taken(string subject)
    {
        await _module.AtRest();
        return [.. _server.Taken.Where(text => text.Contains(subject, StringComparison.Ordinal))];
    }

    // Long lines are broken on the wire.
    private static string Joined(string text) => text.Replace("=\n", "", StringComparison.Ordinal);
}
