using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Npgsql;

namespace Bench;

/// <summary>An order's rows, all of which are stored or none: the same that the product stores, without its names.</summary>
/// <param name="Answer">Kept under the key, to be given again.</param>
/// <param name="Fact">The first of the order's history.</param>
/// <param name="Snapshot">The order as it is now.</param>
/// <param name="Outgoing">The event, for each of two subscribers.</param>
/// <param name="Timeout">A message to be sent later.</param>
internal sealed record NewOrder(Guid Id, Guid CustomerId, string Key, string Hash, string Answer, string Fact, string Snapshot, byte[] Outgoing, byte[] Timeout, DateTimeOffset At);

internal interface IOrders
{
    /// <summary>The answer given before under the key; null if the order is stored now.</summary>
    Task<string?> StoreAsync(NewOrder order, CancellationToken ct);
}

/// <summary>The smallest application that takes an order as the product does: the same token check, the same JSON in and out, the same durable work.</summary>
internal static class OrdersApi
{
    private sealed record Line(string Sku, int Quantity, decimal UnitPrice, decimal Amount);

    private sealed record Body(IReadOnlyList<BodyLine> Lines, string PaymentToken, Guid CustomerId, string Currency = "GBP");

    private sealed record BodyLine(string Sku, int Quantity, decimal UnitPrice);

    private sealed record Answer(Guid Id, decimal Total, string Currency, string Status);

    public static async Task RunAsync(WebApplicationBuilder builder, Func<IServiceCollection, NpgsqlDataSource, Task> add)
    {
        await using var data = NpgsqlDataSource.Create(Tuned(builder.Configuration["Database"]!));
        await using (var tables = data.CreateCommand(Tables)) await tables.ExecuteNonQueryAsync();

        await add(builder.Services, data);
        AddTokens(builder);
        await using var application = builder.Build();
        application.UseAuthentication();
        application.UseAuthorization();
        application.MapGet("/health/ready", () => "ready");
        application.MapPost("/v1/orders", PlaceAsync).RequireAuthorization();
        await application.RunAsync();
    }

    private static async Task<IResult> PlaceAsync(Body body, HttpContext http, IOrders orders, CancellationToken ct)
    {
        var key = $"{http.User.FindFirst("sub")?.Value} {http.Request.Method} {http.Request.Path} {http.Request.Headers["Idempotency-Key"]}";
        var hash = Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(body)));
        var lines = body.Lines.Select(line => new Line(line.Sku, line.Quantity, line.UnitPrice, Math.Round(line.Quantity * line.UnitPrice, 2, MidpointRounding.AwayFromZero))).ToArray();
        var at = TimeProvider.System.GetUtcNow();
        var answer = new Answer(Guid.CreateVersion7(), lines.Sum(line => line.Amount), body.Currency, "placed");
        var web = JsonSerializerOptions.Web;

        var before = await orders.StoreAsync(
            new NewOrder(
                answer.Id, body.CustomerId, key, hash,
                JsonSerializer.Serialize(answer),
                JsonSerializer.Serialize(new { body.CustomerId, Lines = lines, answer.Total, body.Currency, At = at }, web),
                JsonSerializer.Serialize(new { answer.Id, Version = 1, body.CustomerId, answer.Status, Lines = lines, answer.Total, body.Currency, PlacedAt = at, HasStock = false, IsPaid = false, Refunded = 0m }, web),
                JsonSerializer.SerializeToUtf8Bytes(new { OrderId = answer.Id, body.CustomerId, Lines = lines, answer.Total, body.Currency, body.PaymentToken }, web),
                JsonSerializer.SerializeToUtf8Bytes(new { OrderId = answer.Id, Step = "stock" }, web),
                at),
            ct);
        return before is null ? TypedResults.Created($"/v1/orders/{answer.Id}", answer) : TypedResults.Text(before, "application/json", Encoding.UTF8, StatusCodes.Status201Created);
    }

    private static void AddTokens(WebApplicationBuilder builder)
    {
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(bearer =>
        {
            bearer.MapInboundClaims = false;
            bearer.TokenValidationParameters.ValidIssuer = "http://modular";
            bearer.TokenValidationParameters.ValidAudience = "modular";
            bearer.TokenValidationParameters.ValidTypes = ["at+jwt"];
            bearer.TokenValidationParameters.ValidAlgorithms = ["ES256"];
            bearer.ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(
                $"{builder.Configuration["Tokens:Authority"]!.TrimEnd('/')}/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(), new HttpDocumentRetriever { RequireHttps = false });
        });
    }

    /// <summary>What makes Npgsql quick: prepared statements, and no reset of sessions that keep no state.</summary>
    private static string Tuned(string database) =>
        new NpgsqlConnectionStringBuilder(database) { MaxPoolSize = 25, MaxAutoPrepare = 50, AutoPrepareMinUsages = 2, NoResetOnClose = true }.ConnectionString;

    private const string Tables = """
        create table answers (key text primary key, body_hash text not null, json jsonb not null, at timestamptz not null);
        create index on answers (at);
        create table orders (id uuid primary key, customer_id uuid not null, status text not null, version bigint not null, data jsonb not null);
        create index on orders (customer_id);
        create index on orders (status);
        create table facts (seq bigint generated always as identity primary key, order_id uuid not null, version bigint not null, type text not null, data jsonb not null, at timestamptz not null, unique (order_id, version));
        create table outgoing (id uuid primary key, destination text not null, body bytea not null, due timestamptz);
        """;
}
