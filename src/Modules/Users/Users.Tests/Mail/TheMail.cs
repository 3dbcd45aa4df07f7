using System.Net;
using Marten;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Shared.Testing;

namespace Users.Tests;

/// <summary>Its tests share a host, and run one after the other.</summary>
[CollectionDefinition]
public sealed class OneMail : ICollectionFixture<TheMail>;

/// <summary>The same with a host of its own, beside it.</summary>
[CollectionDefinition]
public sealed class AnotherMail : ICollectionFixture<TheMail>;

/// <summary>The module alone as a provider, with the embedded mailbox. Three failures lock an account.</summary>
public sealed class TheMail : IAsyncLifetime
{
    public static readonly IReadOnlyDictionary<string, string?> Settings = new Dictionary<string, string?>(TheProvider.Settings)
    {
        ["Users:Mail:Provider"] = "mailbox",
        ["Users:Mail:From"] = "The Shop <shop@example.com>",
        ["Users:Mail:Links"] = "https://shop.example",
    };

    public ModuleUnderTest Module { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Module = await ModuleUnderTest.StartAsync(new UsersModule(), Settings);

    public ValueTask DisposeAsync() => Module.DisposeAsync();

    public Browser ABrowser() => new(Module.Address);

    // One round instead of 210,000: a tenth of a second less each time that it is asked for.
    private static readonly string s_quick = new PasswordHasher<Account>(Options.Create(new PasswordHasherOptions { IterationCount = 1 })).HashPassword(Account.Nobody, TheUsers.Password);

    /// <summary>An account whose address is confirmed, without a mail.</summary>
    public async Task<Guid> ACustomer(string email)
    {
        await using var db = Module.ServicesOf("users").GetRequiredService<IDocumentStore>().LightweightSession();
        var now = TimeProvider.System.GetUtcNow();
        var account = new Account { Id = Guid.CreateVersion7(), Email = email, Name = "Ann", PasswordHash = s_quick, Role = Role.Customer, RegisteredAt = now, EmailConfirmedAt = now };
        db.Insert(account);
        await db.SaveChangesAsync();
        return account.Id;
    }

    /// <summary>One that its customer opens himself: a mail is sent to him.</summary>
    public async Task<Guid> Registered(string email, string name = "Ann", string? language = null)
    {
        var answer = await Module.Anonymous().PostOnce("/v1/users", new { email, password = TheUsers.Password, name, language });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Json()).GetProperty("id").GetGuid();
    }

    /// <summary>Where the newest mail about something leads, at this host.</summary>
    public async Task<string> Link(string email, string subject) => LinkIn((await Mails(email, subject))[^1]);

    public static string LinkIn(string text) => new Uri(text.Split('\n').Single(line => line.StartsWith("https://shop.example/", StringComparison.Ordinal))).PathAndQuery;

    /// <summary>As if what was mailed to an address were longer ago.</summary>
    public Task<string> Wait(string email, TimeSpan time) =>
        Module.Query<string>("with earlier as (update account_links set at = at - $2, until = until - $2 where email = $1 returning 1) select 'aged'", email, time);

    /// <summary>What all must have in turn is held until all wait for it: they come to it at the same moment.</summary>
    /// <param name="hold">Takes its lock, or does what happens meanwhile; $1 is the value.</param>
    public async Task<HttpResponseMessage[]> AtOnce(string hold, object value, params Func<Task<HttpResponseMessage>>[] asked)
    {
        Task<HttpResponseMessage>[] answers;
        await using (var connection = await Module.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var command = new NpgsqlCommand(hold, connection, transaction) { Parameters = { new() { Value = value } } };
            await command.ExecuteNonQueryAsync();
            answers = [.. asked.Select(ask => ask())];
            await Eventually.True(async () => await Module.Query<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") >= asked.Length, "all wait");
            await transaction.CommitAsync();
        }

        return await Task.WhenAll(answers);
    }

    /// <summary>Another program that acts as an operator.</summary>
    public Task<HttpClient> Importer() => TheProvider.Program(Module, "importer");

    internal T Housekeeping<T>() => Module.ServicesOf("users").GetServices<IHostedService>().OfType<T>().Single();

    /// <summary>The mails about something to an address, once the module is at rest: those of one subject, the oldest first.</summary>
    public async Task<string[]> Mails(string email, string subject)
    {
        await Module.AtRest();
        return await Module.Query<string[]>("select coalesce(array_agg(body order by at, id), '{}') from mailbox where recipient = $1 and subject like '%' || $2 || '%'", email, subject);
    }
}
