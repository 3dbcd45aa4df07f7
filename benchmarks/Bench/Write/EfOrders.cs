using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Bench;

/// <summary>The same rows by EF Core: pooled contexts, one SaveChanges.</summary>
internal sealed class EfOrders(EfOrders.Context context) : IOrders
{
    public static Task AddAsync(IServiceCollection services, NpgsqlDataSource data)
    {
        services.AddDbContextPool<Context>(options => options.UseNpgsql(data)).AddScoped<IOrders, EfOrders>();
        return Task.CompletedTask;
    }

    public async Task<string?> StoreAsync(NewOrder order, CancellationToken ct)
    {
        context.Add(new Kept { Key = order.Key, BodyHash = order.Hash, Json = order.Answer, At = order.At });
        context.Add(new Order { Id = order.Id, CustomerId = order.CustomerId, Status = "placed", Version = 1, Data = order.Snapshot });
        context.Add(new Fact { OrderId = order.Id, Version = 1, Type = "placed", Data = order.Fact, At = order.At });
        foreach (var destination in WriteBenchmark.Subscribers)
            context.Add(new Outgoing { Id = Guid.CreateVersion7(), Destination = destination, Body = order.Outgoing });
        context.Add(new Outgoing { Id = Guid.CreateVersion7(), Destination = "orders", Body = order.Timeout, Due = order.At.AddMinutes(2) });
        try
        {
            await context.SaveChangesAsync(ct);
            return null;
        }
        catch (DbUpdateException fault) when (fault.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, TableName: "answers" })
        {
            context.ChangeTracker.Clear();
            return await context.Answers.Where(answer => answer.Key == order.Key).Select(answer => answer.Json).SingleAsync(ct);
        }
    }

    internal sealed class Context(DbContextOptions<Context> options) : DbContext(options)
    {
        public DbSet<Kept> Answers => Set<Kept>();

        protected override void OnModelCreating(ModelBuilder model)
        {
            model.Entity<Kept>(table => { table.ToTable("answers").HasKey(row => row.Key); table.Property(row => row.Json).HasColumnType("jsonb"); });
            model.Entity<Order>(table => { table.ToTable("orders").HasKey(row => row.Id); table.Property(row => row.Data).HasColumnType("jsonb"); });
            model.Entity<Fact>(table => { table.ToTable("facts").HasKey(row => row.Seq); table.Property(row => row.Data).HasColumnType("jsonb"); });
            model.Entity<Outgoing>(table => table.ToTable("outgoing").HasKey(row => row.Id));
            foreach (var entity in model.Model.GetEntityTypes())
                foreach (var property in entity.GetProperties())
                    property.SetColumnName(property.Name switch { "BodyHash" => "body_hash", "CustomerId" => "customer_id", "OrderId" => "order_id", var name => name.ToLowerInvariant() });
        }
    }

    internal sealed class Kept
    {
        public required string Key { get; init; }
        public required string BodyHash { get; init; }
        public required string Json { get; init; }
        public DateTimeOffset At { get; init; }
    }

    internal sealed class Order
    {
        public Guid Id { get; init; }
        public Guid CustomerId { get; init; }
        public required string Status { get; init; }
        public long Version { get; init; }
        public required string Data { get; init; }
    }

    internal sealed class Fact
    {
        public long Seq { get; init; }
        public Guid OrderId { get; init; }
        public long Version { get; init; }
        public required string Type { get; init; }
        public required string Data { get; init; }
        public DateTimeOffset At { get; init; }
    }

    internal sealed class Outgoing
    {
        public Guid Id { get; init; }
        public required string Destination { get; init; }
        public required byte[] Body { get; init; }
        public DateTimeOffset? Due { get; init; }
    }
}
