using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Wolverine;
using Wolverine.Runtime.Serialization;
using Wolverine.Transports;

namespace Shared.Kernel;

/// <summary>
/// One table, <c>bus.letters</c>, in a database that all modules reach with their own roles: anybody may send to anyone, each takes only its own. Receivers are woken by
/// NOTIFY and look by themselves every other second.
/// </summary>
internal sealed class PostgresCarrier : ICarrier
{
    private readonly ILoggerFactory _logging;
    private readonly NpgsqlDataSource _bus;
    private readonly PostgresDoorbell _doorbell;
    private readonly OnDemand<NpgsqlDataSource> _made;

    public PostgresCarrier(string module, Databases databases, ILoggerFactory logging)
    {
        _bus = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(databases.ConnectionOf(module))
        {
            ApplicationName = $"{module} bus",
            MaxPoolSize = 10,
            // One of them listens, and must not go on to when it is back in the pool.
            NoResetOnClose = false,
            // A process that is stopped in the middle of a take gives its letters back to a second instance.
            Options = "-c idle_in_transaction_session_timeout=15s",
        });
        (_logging, _doorbell) = (logging, new PostgresDoorbell(module, _bus, logging.CreateLogger<PostgresDoorbell>()));
        _made = new(async _ =>
        {
            await databases.ProvisionAsync([module], Table, Rights, CancellationToken.None);
            return _bus;
        }, _ => true);
    }

    public ICarrierSender OpenSender(Uri destination) => new Sender(destination, this);

    public IListener Listen(Uri destination, IReceiver receiver) => new PostgresListener(destination, receiver, this, _doorbell, _logging.CreateLogger<PostgresListener>()).Start();

    /// <summary>The database with the table, which is made at first use: a host starts although its carrier is away.</summary>
    public Task<NpgsqlDataSource> OpenAsync() => _made.GetAsync();

    public async Task<long> WaitingAsync(Uri destination)
    {
        await using var command = (await OpenAsync()).CreateCommand("select count(*) from bus.letters where destination = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = destination.ToString() });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await _doorbell.DisposeAsync();
        await _bus.DisposeAsync();
        await _made.DisposeAsync();
    }

    private const string Table = """
        create schema if not exists bus;
        create table if not exists bus.letters (
          id bigint generated always as identity primary key,
          destination text not null,
          module text not null generated always as (split_part(destination, '/', 3)) stored,
          body bytea not null,
          at timestamptz not null default now());
        create index if not exists letters_waiting on bus.letters (destination, id);
        alter table bus.letters enable row level security;
        do $$ begin
          if not exists (select 1 from pg_policies where schemaname = 'bus' and policyname = 'anyone_sends') then
            create policy anyone_sends on bus.letters for insert with check (true);
            create policy each_sees_its_own on bus.letters for select using (module = current_user);
            create policy each_locks_its_own on bus.letters for update using (module = current_user);
            create policy each_takes_its_own on bus.letters for delete using (module = current_user);
          end if;
        end $$;
        """;

    // Rows can only be locked by whoever may update a column.
    private static string Rights(string module) => $"grant usage on schema bus to {module}; grant select, insert, delete on bus.letters to {module}; grant update (at) on bus.letters to {module}";

    private sealed class Sender(Uri destination, PostgresCarrier carrier) : ICarrierSender
    {
        public async Task<bool> PingAsync()
        {
            await using var command = (await carrier.OpenAsync()).CreateCommand("select 1 from bus.letters limit 0");
            await command.ExecuteNonQueryAsync();
            return true;
        }

        public async Task<Exception?[]> SendAsync(IReadOnlyList<Envelope> messages)
        {
            await using var batch = (await carrier.OpenAsync()).CreateBatch();
            var letters = new NpgsqlBatchCommand("insert into bus.letters (destination, body) select $1, unnest($2)");
            letters.Parameters.Add(new NpgsqlParameter<string> { TypedValue = destination.ToString() });
            letters.Parameters.Add(new NpgsqlParameter { Value = messages.Select(EnvelopeSerializer.Serialize).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
            var ring = new NpgsqlBatchCommand("select pg_notify($1, $2)");
            ring.Parameters.Add(new NpgsqlParameter<string> { TypedValue = PostgresDoorbell.ChannelOf(destination.Host) });
            ring.Parameters.Add(new NpgsqlParameter<string> { TypedValue = destination.ToString() });
            batch.BatchCommands.Add(letters);
            batch.BatchCommands.Add(ring);
            await batch.ExecuteNonQueryAsync();
            return new Exception?[messages.Count];
        }

        public ValueTask DisposeAsync() => default;
    }
}
