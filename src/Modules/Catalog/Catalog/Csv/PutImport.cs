using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>
/// A file of products is taken in, and worked through batch by batch afterwards. Its id is the caller's, so that putting the same file again is no second import.
/// Neither the file nor its rows are ever in memory as a whole.
/// </summary>
internal static class PutImport
{
    private const int RowsAtOnce = 1_000;

    public sealed record Command(Guid Id, Stream File) : ICommand<ImportView>;

    public static void Map(IEndpointRouteBuilder imports) => imports
        .MapPut("/{id:guid}", async (Guid id, HttpRequest request, ISender sender, CancellationToken ct) =>
        {
            // Received as a whole before the transaction begins, which must not wait for a slow client: beyond 30 KB in a temporary file.
            request.EnableBuffering();
            await request.Body.CopyToAsync(Stream.Null, ct);
            request.Body.Position = 0;

            var import = await sender.Send(new Command(id, request.Body), ct);
            return TypedResults.Accepted($"/v1/catalog/imports/{id}", import);
        })
        .WithName("PutImport")
        .WithSummary("Takes in a file of products, at most 100,000 rows and 29 MB, under an id of the caller's own, and goes through it afterwards.")
        .WithDescription($"The header names the columns: {string.Join(", ", CatalogFile.Columns)}; the first four are needed. A column that is not there leaves what it is about alone.")
        .Accepts<string>("text/csv")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .WithMetadata(new RequestSizeLimitAttribute(29_000_000))
        .ForOperators();

    public sealed class Handler(IDocumentSession db, Outbox outbox, TimeProvider clock) : ICommandHandler<Command, ImportView>
    {
        public async ValueTask<ImportView> Handle(Command command, CancellationToken ct)
        {
            var digest = Convert.ToHexString(await SHA256.HashDataAsync(command.File, ct));
            if (await db.LoadAsync<Import>(command.Id, ct) is { } before)
                return before.Sha256 == digest ? ImportView.Of(before) : throw new RefusedException("import.exists", $"Import {command.Id} is of another file: choose a new id for a new file.");

            var now = clock.GetUtcNow();
            var import = new Import { Id = command.Id, Arrival = Guid.CreateVersion7(now), Sha256 = digest, At = now };
            command.File.Position = 0;
            // Bytes that are no UTF-8 become U+FFFD, which refuses their row.
            using var file = new StreamReader(command.File, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
            await db.BeginTransactionAsync(ct);
            var batch = new List<FileRow>(RowsAtOnce);
            await foreach (var row in CatalogFile.Read(file, Import.MostRows, ct))
            {
                import.Read++;
                batch.Add(row);
                if (batch.Count == RowsAtOnce) await Keep(import, batch, ct);
            }

            await Keep(import, batch, ct);
            db.Insert(import);
            await outbox.Later(new ContinueImport(import.Id, import.Done));
            return ImportView.Of(import);
        }

        private async Task Keep(Import import, List<FileRow> batch, CancellationToken ct)
        {
            var rows = batch.Select(row => (row.Number, Sku: row.Cells?["sku"] ?? "", Read: WantedProduct.Of(row))).ToList();
            batch.Clear();
            var refused = rows.Where(row => row.Read.Refusal is not null).Select(row => (row.Number, row.Sku, row.Read.Refusal!)).ToList();
            var good = rows.Where(row => row.Read.Wanted is not null).ToList();

            var kept = (await db.Read(
                """
                insert into import_rows (import, number, sku, wanted) select $1, number, sku, wanted::jsonb from unnest($2, $3, $4) as row (number, sku, wanted)
                on conflict (import, sku) do nothing returning number
                """,
                [import.Id, good.Select(row => row.Number).ToArray(), good.Select(row => row.Sku).ToArray(), good.Select(row => JsonSerializer.Serialize(row.Read.Wanted)).ToArray()],
                row => row.GetInt32(0), ct)).ToHashSet();
            var twice = good.Where(row => !kept.Contains(row.Number)).ToList();
            var first = twice.Count == 0 ? [] : (await db.Read("select sku, number from import_rows where import = $1 and sku = any($2)", [import.Id, twice.Select(row => row.Sku).ToArray()],
                row => KeyValuePair.Create(row.GetString(0), row.GetInt32(1)), ct)).ToDictionary();
            refused.AddRange(twice.Select(row => (row.Number, row.Sku, $"sku must be in the file once: \"{row.Sku}\" was read in row {first[row.Sku]} already")));

            await db.EnterRefusals(import.Id, refused, ct);
            import.Refused += refused.Count;
        }
    }
}
