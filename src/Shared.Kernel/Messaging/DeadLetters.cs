using System.Text;
using Npgsql;
using Wolverine;
using Wolverine.Runtime.Serialization;

namespace Shared.Kernel;

/// <summary>A message that a person must look at, with the bytes in which it came.</summary>
/// <param name="Destination">Its logical address.</param>
/// <param name="Message">Its wire name.</param>
/// <param name="Fault">The fault's type and text.</param>
public sealed record DeadLetter(Guid Id, string Destination, string Message, string Fault, DateTimeOffset? SentAt, DateTimeOffset? FailedAt, byte[] Body)
{
    /// <summary>The message as its publisher wrote it: JSON.</summary>
    public string Text() => Encoding.UTF8.GetString(EnvelopeSerializer.Deserialize(Body).Data ?? []);
}

/// <summary>A module's dead letters. Each is replayed or discarded once, and its identity stays known: a late duplicate is refused either way.</summary>
public sealed class DeadLetters(NpgsqlDataSource module)
{
    /// <summary>On a replayed message: a person has decided that it is to be handled, however old it is.</summary>
    internal const string ReplayedHeader = "replayed";

    /// <summary>The oldest first.</summary>
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(int most, Guid? id = null, CancellationToken cancellation = default)
    {
        await using var command = module.CreateCommand($"{Select} where ($1::uuid is null or id = $1) order by coalesce(failed_at, sent_at), id limit $2");
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        return await ReadAsync(command, cancellation);
    }

    /// <summary>Puts the messages back into the inbox, as if they had just come. Answers how many there were.</summary>
    public Task<int> ReplayAsync(Guid? id = null, CancellationToken cancellation = default) => MoveAsync(id, "Incoming", letter =>
    {
        var envelope = EnvelopeSerializer.Deserialize(letter.Body);
        envelope.Headers[ReplayedHeader] = "true";
        envelope.Attempts = 0;
        return EnvelopeSerializer.Serialize(envelope);
    }, cancellation);

    /// <summary>Forgets the messages but not their identities. Answers how many there were.</summary>
    public Task<int> DiscardAsync(Guid? id = null, CancellationToken cancellation = default) => MoveAsync(id, "Handled", _ => [], cancellation);

    private async Task<int> MoveAsync(Guid? id, string status, Func<DeadLetter, byte[]> body, CancellationToken cancellation)
    {
        await using var connection = await module.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var select = new NpgsqlCommand($"{Select} where ($1::uuid is null or id = $1) for update skip locked", connection, transaction) { Parameters = { new NpgsqlParameter<Guid?> { TypedValue = id } } };
        var letters = await ReadAsync(select, cancellation);
        foreach (var letter in letters)
        {
            // One statement after the other: the inbox's guard refuses what is still a dead letter.
            await connection.RunAsync("delete from wolverine_dead_letters where id = $1 and received_at = $2", cancellation, letter.Id, letter.Destination);
            await connection.RunAsync("""
                insert into wolverine_incoming_envelopes (id, received_at, status, owner_id, attempts, body, message_type, keep_until)
                values ($1, $2, $3, 0, 0, $4, $5, case when $3 = 'Handled' then now() + $6 end)
                on conflict (id, received_at) do nothing
                """, cancellation, letter.Id, letter.Destination, status, body(letter), letter.Message, ModuleMessaging.Retention);
        }

        await transaction.CommitAsync(cancellation);
        return letters.Count;
    }

    private const string Select = "select id, received_at, message_type, coalesce(exception_type, '') || ': ' || coalesce(exception_message, ''), sent_at, failed_at, body from wolverine_dead_letters";

    private static async Task<IReadOnlyList<DeadLetter>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        var letters = new List<DeadLetter>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            letters.Add(new DeadLetter(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3),
                await reader.IsDBNullAsync(4, cancellation) ? null : reader.GetFieldValue<DateTimeOffset>(4),
                await reader.IsDBNullAsync(5, cancellation) ? null : reader.GetFieldValue<DateTimeOffset>(5),
                reader.GetFieldValue<byte[]>(6)));
        }

        return letters;
    }
}
