using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;

namespace Host;

/// <summary>A backup or restore is refused or cannot go on; the message names the thing, the rule and the way out.</summary>
internal sealed class BackupException(string message) : Exception(message);

/// <param name="Modules">Whose schemas are in it.</param>
/// <param name="HasBus">The letters of the carrier Postgres are in it too.</param>
/// <param name="Sum">SHA-256 of the dump.</param>
internal sealed record Dump(string Name, IReadOnlyList<string> Modules, bool HasBus, string Sum);

/// <param name="Version">Of the program that made it.</param>
/// <param name="Rows">Of each table, in the same snapshot as the dump.</param>
internal sealed record Contents(int Format, string Version, DateTimeOffset At, string Server, IReadOnlyList<Dump> Dumps, IReadOnlyDictionary<string, long> Rows);

/// <summary>A tar archive: first what is in it, then for each database what pg_dump wrote.</summary>
internal static class BackupFile
{
    public const int Format = 1;
    private const string First = "modular-backup.json";
    private const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static string SumOf(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Under its name only when it is whole.</summary>
    /// <param name="part">Where it is meanwhile, on the same disk.</param>
    public static async Task WriteAsync(string file, string part, Contents contents, IReadOnlyDictionary<string, string> dumps, CancellationToken ct)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        // Everything that the shop knows of its customers is in it.
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Owners;
        await using (var stream = new FileStream(part, options))
        await using (var tar = new TarWriter(stream))
        {
            using var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(contents, JsonSerializerOptions.Web));
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, First) { DataStream = json, Mode = Owners }, ct);
            foreach (var dump in contents.Dumps)
            {
                await using var data = File.OpenRead(dumps[dump.Name]);
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, dump.Name) { DataStream = data, Mode = Owners }, ct);
            }

            await stream.FlushAsync(ct);
            stream.Flush(flushToDisk: true);
        }

        File.Move(part, file);
    }

    /// <summary>Looked at as a whole before anything is restored from it.</summary>
    /// <exception cref="BackupException">It is no backup, a newer program's, or damaged.</exception>
    public static async Task<Contents> CheckAsync(string file, Version own, CancellationToken ct)
    {
        try
        {
            await using var stream = File.OpenRead(file);
            await using var tar = new TarReader(stream);
            if (await tar.GetNextEntryAsync(cancellationToken: ct) is not { Name: First, DataStream: { } first }) throw Foreign(file);

            var contents = (await JsonSerializer.DeserializeAsync<Contents>(first, JsonSerializerOptions.Web, ct))!;
            if (contents.Format > Format || !Version.TryParse(contents.Version, out var made) || made > own)
                throw new BackupException($"{file} was made by Modular {contents.Version}, this is {own.ToString(3)}: what a newer program writes an older one cannot read. Restore it with {contents.Version} or later.");

            var sums = new Dictionary<string, string>();
            while (await tar.GetNextEntryAsync(cancellationToken: ct) is { } entry)
                if (entry.DataStream is { } data) sums[entry.Name] = Convert.ToHexStringLower(await SHA256.HashDataAsync(data, ct));
            foreach (var dump in contents.Dumps.Where(dump => sums.GetValueOrDefault(dump.Name) != dump.Sum))
                throw new BackupException($"{file} is damaged: {dump.Name} in it is not what was written. Nothing was restored; take another copy of the file.");
            return contents;
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException or JsonException)
        {
            throw Foreign(file);
        }
    }

    public static async Task ReadAsync(string file, Dump dump, Func<Stream, Task> read, CancellationToken ct)
    {
        await using var stream = File.OpenRead(file);
        await using var tar = new TarReader(stream);
        while (await tar.GetNextEntryAsync(cancellationToken: ct) is { } entry)
            if (entry.Name == dump.Name) await read(entry.DataStream!);
    }

    private static BackupException Foreign(string file) => new($"{file} is no whole backup of this program: './modular backup FILE' writes one.");
}
