using System.Globalization;
using Shared.Kernel;

namespace Host;

/// <summary>
/// A stopped module's whole schema goes to another database. Killed at any moment, it is whole at the source or at the target, and from the first row copied until
/// the end no host serves either: both are closed. The same command again goes on.
/// </summary>
/// <param name="provision">Makes the role, the database and the empty schema at the target.</param>
/// <param name="migrate">Makes the tables there, as the program that runs would.</param>
internal sealed class Move(string module, End source, End target, Func<CancellationToken, Task> provision, Func<CancellationToken, Task> migrate)
{
    private readonly Journal _journal = new(target, module);

    /// <returns>False: rows differ, and were named.</returns>
    /// <exception cref="MoveException">Refused.</exception>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        if (source.Id == target.Id) throw new MoveException($"The data of '{module}' is in {source.Label}, which is the database to move it to: name another by --to.");

        await using var alone = await source.AloneAsync(module, ct);
        var there = await source.SchemaAsync(module, ct);
        var from = target.IsThere ? await _journal.SourceAsync(ct) : null;
        switch (Closure.Read(there.Comment))
        {
            case { Why: Closed.Gone } gone when gone.Other == target.Id:
                if (from == source.Id) await OpenTargetAsync(ct);
                Tell(from == source.Id ? "The move had been killed at its last step, which is done now." : "It was moved there before: there is nothing to do.");
                return true;
            case { Why: Closed.Leaving } leaving when leaving.Other == target.Id: break;
            case not null: throw new MoveException($"The schema '{module}' of {source.Label} is {there.Comment}");
        }

        if (!there.IsThere) throw new MoveException($"There is no schema '{module}' in {source.Label}: name the database that has it by --from, or by the settings.");
        if (there.HasRetired) throw new MoveException($"{source.Label} has a retired copy '{module}_moved' beside the schema '{module}', which is in its way. Look at it, then: drop schema {module}_moved cascade");

        await source.MustBeStoppedAsync(module, ct);
        if (target.IsThere) await MustBeFreeAsync(from, ct);

        await PrepareAsync(ct);
        await CloseSourceAsync(ct);
        if (from == source.Id && Closure.Read(there.Comment) is not null) Tell("An interrupted move goes on.");
        else await _journal.BeginAsync(source, ct);
        Checkpoints.Reached("move.closed", null);

        await CopyAsync(ct);
        Checkpoints.Reached("move.copied", null);
        if (!await VerifyAsync(ct)) return false;

        Checkpoints.Reached("move.verified", null);
        await source.MustBeStoppedAsync(module, ct);
        await source.RunAsync($"""
            alter schema {module} rename to {module}_moved;
            alter schema {module}_moved owner to current_user;
            create schema {module} authorization current_user;
            {Closure.Sql(module, Closed.Gone, target)}
            """, ct);
        Checkpoints.Reached("move.retired", null);
        await OpenTargetAsync(ct);
        return true;
    }

    private async Task MustBeFreeAsync(string? from, CancellationToken ct)
    {
        if (from is not null && from != source.Id) throw new MoveException($"Another move to {target.Label} is under way, from {from}. Finish that one, or give it up: drop schema {module}, {module}_move cascade");

        await target.MustBeStoppedAsync(module, ct);
        var there = await target.SchemaAsync(module, ct);
        if (from is null && there.IsThere)
            foreach (var table in await MovedTable.ListAsync(target, module, ct))
                if ((await target.ReadAsync($"select exists (select 1 from {table.FullName})", row => row.GetBoolean(0), ct))[0])
                    throw new MoveException($"{target.Label} has data of '{module}' that did not come from this move: {table.FullName} is not empty. Nothing was changed. If it is not needed: drop schema {module} cascade");

        if (there.HasRetired) Tell($"{target.Label} keeps the copy of an earlier move, {module}_moved: it is replaced when this move is done.");
    }

    private async Task PrepareAsync(CancellationToken ct)
    {
        Tell($"Making the tables of '{module}' in {target.Label} …");
        await provision(ct);
        await target.RunAsync($"alter schema {module} owner to {module}; {Closure.Sql(module, Closed.Arriving, source)}", ct);
        await migrate(ct);
        var missing = await Shape.MissingAsync(source, target, module, ct);
        if (missing.Count > 0)
            throw new MoveException($"{source.Label} has what this program does not make at {target.Label}:\n  {string.Join("\n  ", missing)}\nStart the module once with this program, which migrates it; drop there what nobody needs, or make it at the target too. Then again.");
    }

    private async Task CloseSourceAsync(CancellationToken ct)
    {
        await source.RunAsync(Closure.Sql(module, Closed.Leaving, target), ct);
        try
        {
            // A host may have started before it could see that.
            await source.MustBeStoppedAsync(module, ct);
        }
        catch (MoveException)
        {
            await source.RunAsync($"comment on schema {module} is null", ct);
            throw;
        }
    }

    private async Task CopyAsync(CancellationToken ct)
    {
        var tables = await MovedTable.ListAsync(source, module, ct);
        var copied = await _journal.CopiedAsync(ct);
        Tell($"Copying {tables.Count} tables; {string.Join(", ", MovedTable.LeftBehind)} stay: they are about processes.");
        foreach (var (n, table) in tables.Index())
        {
            var name = $"  {n + 1,2} of {tables.Count}  {table.Name,-32}";
            if (copied.Contains(table.Name))
            {
                Tell($"{name} is there");
                continue;
            }

            var bytes = await table.CopyAsync(source, target, _journal, bytes => Tell($"{name} {Size(bytes)} so far"), ct);
            Tell($"{name} {Size(bytes)}");
            Checkpoints.Reached("move.table-copied", new Uri($"move://{module}/{n + 1}"));
        }

        foreach (var sequence in await Shape.SequencesAsync(source, module, ct)) await sequence.CopyAsync(source, target, ct);
    }

    private async Task<bool> VerifyAsync(CancellationToken ct)
    {
        Tell("Verifying, row for row …");
        var (rows, wrong) = (0L, new List<string>());
        foreach (var table in await MovedTable.ListAsync(source, module, ct))
        {
            var (count, differences) = await Verification.CompareAsync(table, source, target, ct);
            rows += count;
            Tell($"  {table.Name,-42} {count:N0} rows{(differences.Count == 0 ? ", equal" : ", NOT EQUAL")}");
            foreach (var difference in differences) Tell($"    {table.Name}, key {difference}");
            if (differences.Count > 0) wrong.Add(table.Name);
        }

        foreach (var sequence in await Shape.SequencesAsync(source, module, ct))
        {
            var (here, at) = (await sequence.ReadAsync(source, ct), await sequence.ReadAsync(target, ct));
            Tell($"  {sequence.Name,-42} at {here.Last:N0}{(here == at ? ", equal" : $", NOT EQUAL: {at.Last:N0} at the target")}");
            if (here != at) wrong.Add(sequence.Name);
        }

        if (wrong.Count == 0)
        {
            Tell($"{rows:N0} rows are equal.");
            return true;
        }

        await _journal.ForgetAsync(wrong, ct);
        Tell($"NOT moved: {string.Join(", ", wrong)} differ. Who wrote there? The same command again copies them anew.");
        return false;
    }

    private async Task OpenTargetAsync(CancellationToken ct)
    {
        await target.RunAsync($"drop schema if exists {module}_moved cascade; {_journal.EndSql}; comment on schema {module} is null", ct);
        Tell($"""
            The data of '{module}' is now in {target.Label}. Its hosts find it there by Database:Administrators:{module}, or without that if the settings name this database for all; the secret stays the same.
            {source.Label} keeps the copy from before, closed, as {module}_moved. When it is no longer needed: drop schema {module}_moved cascade
            """);
    }

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:N1} KB");

    private static void Tell(string line) => Console.WriteLine(line);
}
