using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Shared.Kernel;

/// <summary>
/// Where each module's data is: its own schema and login role. Either an administrator's connection makes them (passwords are derived from one secret),
/// or one connection string per module is given.
/// </summary>
public sealed class Databases
{
    private readonly string? _administrator;
    private readonly string _secret;
    private readonly Dictionary<string, string> _given;

    private Databases(string? administrator, string secret, Dictionary<string, string> given) => (_administrator, _secret, _given) = (administrator, secret, given);

    /// <summary>Nothing is configured: the host starts the embedded server.</summary>
    public static bool AreEmbedded(IConfiguration configuration) =>
        configuration["Database:Administrator"] is null && !configuration.GetSection("Database:Modules").GetChildren().Any();

    public static Databases Read(IConfiguration configuration, IReadOnlyList<string> here, ICollection<string> faults)
    {
        var administrator = configuration["Database:Administrator"];
        var given = configuration.GetSection("Database:Modules").GetChildren().ToDictionary(entry => entry.Key, entry => entry.Value ?? "");
        var secret = configuration["Database:Secret"] ?? "";
        foreach (var (module, connection) in given) Parse($"Database:Modules:{module}", connection);
        if (administrator is not null)
        {
            Parse("Database:Administrator", administrator);
            if (secret.Length < 16) faults.Add("Database:Secret must have at least 16 characters: the passwords of the modules' roles are derived from it.");
        }
        else
        {
            foreach (var module in here.Where(module => !given.ContainsKey(module)))
                faults.Add($"The module '{module}' has no database: set Database:Modules:{module}, or Database:Administrator for all of them.");
        }

        return new Databases(administrator, secret, given);

        void Parse(string setting, string connection)
        {
            try { _ = new NpgsqlConnectionStringBuilder(connection); }
            // The connection string holds a password: the fault names the setting, never the value.
            catch (ArgumentException) { faults.Add($"{setting} is not a connection string: write it as Host=…;Port=…;Database=…;Username=…;Password=…."); }
        }
    }

    /// <summary>The databases of a topology that runs, for a command beside it: as configured, or the embedded server of the data folder.</summary>
    /// <exception cref="ConfigurationFaultsException">The settings name no database that can be used.</exception>
    public static Databases Find(IConfiguration configuration, IReadOnlyList<string> modules)
    {
        if (AreEmbedded(configuration)) return Embedded(EmbeddedPostgres.FindRunning(Path.GetFullPath(configuration["Data"] ?? "data")));

        var faults = new List<string>();
        var databases = Read(configuration, modules, faults);
        return faults.Count == 0 ? databases : throw new ConfigurationFaultsException(faults);
    }

    /// <summary>A server on this machine that the host itself has started; its administrator's random password is the secret.</summary>
    public static Databases Embedded(string administrator)
    {
        var connection = new NpgsqlConnectionStringBuilder(administrator) { Database = "shop" };
        return new(connection.ConnectionString, connection.Password!, []);
    }

    /// <summary>The connection of a module's own role; unqualified names are its own schema's.</summary>
    public string ConnectionOf(string module)
    {
        if (_given.TryGetValue(module, out var given)) return Tuned(new NpgsqlConnectionStringBuilder(given), module);

        return Tuned(new NpgsqlConnectionStringBuilder(_administrator) { Username = module, Password = PasswordOf(module) }, module);
    }

    /// <summary>Makes the database, the modules' schemas and roles, as the administrator. Can be run again, and by several hosts at once.</summary>
    public async Task ProvisionAsync(IReadOnlyList<string> modules, CancellationToken cancellation)
    {
        if (_administrator is null) return;

        var database = new NpgsqlConnectionStringBuilder(_administrator).Database!;
        // Roles belong to the whole server and locks to one database, so both are taken where all hosts meet.
        await using var server = await OpenAsync("postgres", cancellation);
        await Run(server, "select pg_advisory_lock(hashtextextended('modular-provision', 0))");
        foreach (var module in modules)
        {
            await Run(server, $"""
                do $$ begin
                  if not exists (select 1 from pg_roles where rolname = '{module}') then create role {module}; end if;
                end $$;
                alter role {module} login nosuperuser nocreatedb nocreaterole password '{PasswordOf(module)}'
                """);
        }

        await using (var exists = new NpgsqlCommand("select exists (select 1 from pg_database where datname = $1)", server) { Parameters = { new() { Value = database } } })
            if (!(bool)(await exists.ExecuteScalarAsync(cancellation))!) await Run(server, $"create database {Quoted(database)}");

        await using var shop = await OpenAsync(database, cancellation);
        await Run(shop, $"revoke all on database {Quoted(database)} from public; revoke all on schema public from public");
        foreach (var module in modules)
        {
            await Run(shop, $"""
                grant connect, temporary on database {Quoted(database)} to {module};
                create schema if not exists {module} authorization {module}
                """);
        }

        async Task Run(NpgsqlConnection connection, string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    // Not pooled: closing gives back the lock and leaves no administrator's connection behind.
    private async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_administrator) { Database = database, Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellation);
        return connection;
    }

    private string PasswordOf(string role) => Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(_secret), Encoding.UTF8.GetBytes(role)));

    private static string Quoted(string name) => "\"" + name.Replace("\"", "\"\"") + "\"";

    private static string Tuned(NpgsqlConnectionStringBuilder connection, string module)
    {
        connection.ApplicationName = module;
        connection.SearchPath = module;
        connection.MaxPoolSize = 25;
        connection.MaxAutoPrepare = 50;
        connection.AutoPrepareMinUsages = 2;
        connection.KeepAlive = 15;

        // A generic plan made for a nearly empty inbox scans it when it is full.
        connection.Options = "-c plan_cache_mode=force_custom_plan";
        return connection.ConnectionString;
    }
}
