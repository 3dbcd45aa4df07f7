namespace Shared.Kernel;

/// <summary>The embedded PostgreSQL cannot start or go on; the message names the thing, the rule and the way out.</summary>
public sealed class EmbeddedPostgresException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Finds the rule that was broken in what the operating system, initdb or the server said.</summary>
    internal static EmbeddedPostgresException Because(string words, Cluster cluster, Exception? inner = null)
    {
        bool Said(string text) => words.Contains(text, StringComparison.Ordinal);
        var folder = cluster.DataFolder;

        var rule = Said("No space left") || Said("quota exceeded")
                ? $"There is no space left in {folder}: a new cluster takes about 50 MB. Free some, or choose another data folder."
            : Said("Read-only file system")
                ? $"{folder} is read-only: the embedded PostgreSQL keeps its data there. Mount it writable, or choose another data folder."
            : Said("could not bind")
                ? "The embedded PostgreSQL cannot open its port on 127.0.0.1: no other program may use it. Set Postgres:Port to another, or leave it out and a free one is chosen."
            : Said("is still in use")
                ? $"Processes of an earlier server still work on the data in {folder}: only one server may. Wait until they have ended, or end them, then start again."
            : Said("denied") || Said("not permitted")
                ? $"The account '{cluster.Account ?? Environment.UserName}' (PostgreSQL refuses root) may not use {folder} or the server's programs: every folder on the way must "
                    + $"be open to it, postgres/ in {folder} its own. Open them (chmod o+x, chown), or choose another data folder."
            : $"The embedded PostgreSQL in {folder} failed. Mend what it complains of, or configure a connection string to another server.";

        var lines = words.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new EmbeddedPostgresException($"{rule} Said was: {string.Join(" | ", lines.TakeLast(4))}", inner);
    }
}
