using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Shared.Kernel;

namespace Host;

/// <summary>How many messages a carrier holds for each destination.</summary>
/// <param name="Fault">Why it could not be asked.</param>
internal sealed record CarrierContents(string Carrier, IReadOnlyDictionary<string, long> Waiting, string? Fault = null)
{
    public long Total => Waiting.Values.Sum();

    /// <summary>Queue → messages that RabbitMQ itself gave up, after as many deliveries as it was told: each time their receiver died or lost its connection first.</summary>
    public IReadOnlyDictionary<string, long> GivenUp { get; init; } = new Dictionary<string, long>();

    /// <summary>The carriers that the settings name a server for, used now or before.</summary>
    public static async Task<IReadOnlyList<CarrierContents>> ReadAsync(IConfiguration configuration, Manifest manifest)
    {
        var contents = new List<CarrierContents>();
        if (Uri.TryCreate(configuration["RabbitMq"], UriKind.Absolute, out var broker)) contents.Add(await RabbitMqAsync(broker, manifest));
        if ((configuration["Bus:Administrator"] ?? configuration["Database:Administrator"]) is { } bus && await PostgresAsync(bus) is { } letters) contents.Add(letters);
        return contents;
    }

    private static async Task<CarrierContents> RabbitMqAsync(Uri broker, Manifest manifest)
    {
        var destinations = from module in manifest.Modules from reaction in module.ReactsTo.Concat(module.Does) select RabbitMqQueue.NameOf(ModuleTransport.Address(module.Name, reaction.Destination));
        try
        {
            await using var connection = await new ConnectionFactory { Uri = broker, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
            var (waiting, givenUp) = (new Dictionary<string, long>(), new Dictionary<string, long>());
            foreach (var queue in destinations)
            {
                waiting[queue] = await DepthAsync(connection, queue);
                givenUp[queue] = await DepthAsync(connection, RabbitMqQueue.DeadOf(queue));
            }

            return new(nameof(Shared.Kernel.Carrier.RabbitMq), waiting) { GivenUp = givenUp };
        }
        catch (Exception fault) when (fault is BrokerUnreachableException or OperationInterruptedException or IOException or TimeoutException)
        {
            return new(nameof(Shared.Kernel.Carrier.RabbitMq), new Dictionary<string, long>(), $"the broker does not answer: {fault.Message}");
        }
    }

    /// <summary>0 if it was never used.</summary>
    private static async Task<long> DepthAsync(IConnection connection, string queue)
    {
        // A channel for each: asking for a queue that is not there closes it.
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
        }
        catch (OperationInterruptedException fault) when (fault.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return 0;
        }
    }

    /// <summary>Null if the database was never a carrier's.</summary>
    private static async Task<CarrierContents?> PostgresAsync(string database)
    {
        try
        {
            await using var source = NpgsqlDataSource.Create(database + ";Pooling=false");
            await using var command = source.CreateCommand("select destination, count(*) from bus.letters group by destination");
            await using var reader = await command.ExecuteReaderAsync();
            var waiting = new Dictionary<string, long>();
            while (await reader.ReadAsync()) waiting[reader.GetString(0)] = reader.GetInt64(1);
            return new("Postgres", waiting);
        }
        catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.InvalidCatalogName)
        {
            return null;
        }
        catch (NpgsqlException fault)
        {
            return new("Postgres", new Dictionary<string, long>(), $"its database does not answer: {fault.Message}");
        }
    }
}
