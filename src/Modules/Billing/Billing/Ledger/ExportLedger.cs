using System.Data.Common;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using Shared.Kernel;
using Sylvan.Data.Csv;

namespace Billing;

/// <summary>
/// The ledger of a period as CSV, for the bookkeeper. Rows go from the database to the reader as they come, so that memory is the same for a day and for all years. They are those of
/// one statement: a posting that is committed meanwhile is not in the file at all. A slow reader holds a connection, and no more.
/// </summary>
internal static class ExportLedger
{
    private const string Times = "must be a time of a year from 1971 to 9998";

    // A note is a person's text, and a spreadsheet takes what begins so for a formula: an apostrophe before it makes it text. All else is ours.
    private const string Sql = """
        select to_char(ledger.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, ledger.posting, line,
            series || '-' || lpad(number::text, greatest(6, length(number::text)), '0') as document, ledger.order_id as order, account, debit, credit, ledger.currency,
            case when note ~ '^[=+@\t\r-]' then '''' || note else note end as note
        from ledger left join invoices on invoices.posting = ledger.posting
        where ledger.at >= $1 and ledger.at < $2 order by ledger.at, ledger.posting, line
        """;

    private static readonly CsvDataWriterOptions s_options = new() { NewLine = "\r\n" };

    /// <param name="From">The first moment of the period.</param>
    /// <param name="To">The first moment after it.</param>
    public sealed record Query(DateTimeOffset? From, DateTimeOffset? To) : IQuery<DbDataReader>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Require(From is not { } from || IsTime(from), "from", Times);
            rules.Require(To is not { } to || IsTime(to), "to", Times);
            rules.Require(From is null || To is null || From < To, "to", "must be later than from");
        }
    }

    public static void Map(IEndpointRouteBuilder billing) => billing
        .MapGet("/ledger/export", async (DateTimeOffset? from, DateTimeOffset? to, ISender sender, HttpResponse response, CancellationToken ct) =>
        {
            await using var entries = await sender.Send(new Query(from, to), ct);
            response.ContentType = "text/csv; charset=utf-8";
            response.Headers.ContentDisposition = "attachment; filename=\"ledger.csv\"";

            // Once begun it cannot be answered by a problem any more: what fails breaks the connection off, and the reader sees that the file is not whole.
            await using var file = new StreamWriter(response.Body, leaveOpen: true);
            await using var csv = CsvDataWriter.Create(file, s_options);
            await csv.WriteAsync(entries, ct);
        })
        .ForOperators()
        .WithName("ExportLedger")
        .WithSummary("The ledger's lines as CSV, oldest first; from a time to before another, if wanted.")
        .Produces<string>(StatusCodes.Status200OK, "text/csv");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, DbDataReader>
    {
        public async ValueTask<DbDataReader> Handle(Query query, CancellationToken ct)
        {
            await using var command = new NpgsqlCommand(Sql)
            {
                Parameters = { new() { Value = (query.From ?? DateTimeOffset.UnixEpoch).ToUniversalTime() }, new() { Value = (query.To ?? DateTimeOffset.MaxValue).ToUniversalTime() } },
            };
            return await db.ExecuteReaderAsync(command, ct);
        }
    }

    private static bool IsTime(DateTimeOffset time) => time.UtcDateTime.Year is > 1970 and < 9999;
}
