using System.Data.Common;
using Marten;
using Marten.Internal;
using Weasel.Postgresql;
using Weasel.Storage;
using Wolverine;

namespace Shared.Kernel;

/// <summary>The message was handled, dead-lettered or taken over meanwhile: this transaction must not commit, and nothing more is to be done.</summary>
public sealed class AlreadyHandledException(Guid id) : Exception($"Message {id} is no longer waiting in the inbox: somebody else has handled it.");

/// <summary>
/// In the handler's own transaction: the inbox row still waits, and stays locked until commit. Wolverine's own mark is unconditional, so without this a
/// process that was paused and woken, or a COMMIT whose answer was lost, would handle a message twice. The first commit wins.
/// </summary>
internal sealed class Fence(Guid id, string destination) : Marten.Internal.Operations.IStorageOperation
{
    /// <summary>The transaction's setting that names the message it handles. Wolverine marks a dead letter handled too, a moment after it was made: by then it may be replayed.</summary>
    public const string Handles = "modular.handles";

    public Type DocumentType => typeof(Envelope);

    public static void Put(IDocumentSession session, Envelope envelope)
    {
        if (!envelope.WasPersistedInInbox)
            throw new InvalidOperationException($"Message {envelope.Id} at {envelope.Destination} is not in the inbox: no message is handled without.");

        session.QueueOperation(new Fence(envelope.Id, envelope.Destination!.ToString()));
    }

    public Weasel.Core.OperationRole Role() => Weasel.Core.OperationRole.Other;

    public void ConfigureCommand(ICommandBuilder builder, IStorageSession session)
    {
        builder.Append($"select set_config('{Handles}', id::text, true) from wolverine_incoming_envelopes where id = ");
        builder.AppendParameter(id);
        builder.Append(" and received_at = ");
        builder.AppendParameter(destination);
        builder.Append(" and status = 'Incoming' for update");
    }

    public void Postprocess(DbDataReader reader, IList<Exception> exceptions)
    {
        if (!reader.Read()) exceptions.Add(new AlreadyHandledException(id));
    }

    public async Task PostprocessAsync(DbDataReader reader, IList<Exception> exceptions, CancellationToken token)
    {
        if (!await reader.ReadAsync(token)) exceptions.Add(new AlreadyHandledException(id));
    }
}
