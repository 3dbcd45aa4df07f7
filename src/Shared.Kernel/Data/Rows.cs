using System.Data.Common;
using Marten;
using Npgsql;

namespace Shared.Kernel;

/// <summary>Hand-written reads on the session's own connection: inside its transaction if one is open.</summary>
public static class Rows
{
    /// <param name="sql">With <c>$1</c>, <c>$2</c> … for the parameters.</param>
    public static async Task<IReadOnlyList<T>> Read<T>(this IQuerySession db, string sql, object[] parameters, Func<DbDataReader, T> row, CancellationToken ct)
    {
        await using var command = Command(null, sql, parameters);
        await using var reader = await db.ExecuteReaderAsync(command, ct);
        var rows = new List<T>();
        while (await reader.ReadAsync(ct)) rows.Add(row(reader));
        return rows;
    }

    internal static async Task RunAsync(this NpgsqlConnection connection, string sql, CancellationToken ct, params object[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The one value of one statement; null without a row.</summary>
    internal static async Task<object?> ReadAsync(this NpgsqlConnection connection, string sql, CancellationToken ct, params object[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteScalarAsync(ct);
    }

    private static NpgsqlCommand Command(NpgsqlConnection? connection, string sql, object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in parameters) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
