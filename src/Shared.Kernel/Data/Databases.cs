using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Shared.Kernel;

/// <summary>
/// Where each module's data is: its own schema and login role. Either an administrator's connection makes them (one for all or one per module; passwords are derived
/// from one secret), or the connection of each module's own role is given.
/// </summary>
public sealed class Databases
{
    private readonly string? _administrator;
    private readonly IReadOnlyDictionary<string, string> _administrators;
    private readonly IReadOnlyDictionary<string, string> _given;
    private readonly string _secret;

    private Databases(string? administrator, IReadOnlyDictionary<string, string> administrators, IReadOnlyDictionary<string, string> given, string secret) =>
        (_administrator, _administrators, _given, _secret) = (administrator, administrators, given, secret);

    /// <summary>Nothing is configured: the host starts the embedded server.</summary>
    public static bool AreEmbedded(IConfiguration configuration) =>
        configuration["Database:Administrator"] is null && !configuration.GetSection("Database:Administrators").GetChildren().Any() && !configuration.GetSection("Database:Modules").GetChildren().Any();

    /// <param name="section">The settings' prefix: <c>Database</c>, or the carrier's.</param>
    public static Databases Read(IConfiguration configuration, string section, IReadOnlyList<string> here, ICollection<string> faults)
    {
        var administrator = configuration[$"{section}:Administrator"];
        var administrators = Connections("Administrators");
        var given = Connections("Modules");
        var secret = configuration["Database:Secret"] ?? "";
        if (administrator is not null) Parse($"{section}:Administrator", administrator);
        if ((administrator is not null || administrators.Count > 0) && secret.Length < 16)
            faults.Add("Database:Secret must have at least 16 characters: the passwords of the modules' roles are derived from it.");
        if (administrator is null)
        {
            foreach (var module in here.Where(module => !given.ContainsKey(module) && !administrators.ContainsKey(module)))
                faults.Add($"The module '{module}' has no database: set {section}:Modules:{module} or {section}:Administrators:{module}, or {section}:Administrator for all of them.");
        }

        return new Databases(administrator, administrators, given, secret);

        Dictionary<string, string> Connections(string part)
        {
            var connections = configuration.GetSection($"{section}:{part}").GetChildren().ToDictionary(entry => entry.Key, entry => entry.Value ?? "");
            foreach (var (module, connection) in connections) Parse($"{section}:{part}:{module}", connection);
            return connections;
        }

        void Parse(string setting, string connection)
        {
            try { _ = new NpgsqlConnectionStringBuilder(connection); }
            // The connection string holds a password: the fault names the setting, never the value.
            catch (ArgumentException) { faults.Add($"{setting} is not a connection string: write it as Host=…;Port=…;Database=…;Username=…;Password=…."); }
        }
    }

    /// <summary>The database of the carrier Postgres: one of its own, or the shop's if all modules are in it. Null is the embedded one, which is not started yet.</summary>
    internal static Databases? ReadBus(IConfiguration configuration, Databases? shop, IReadOnlyList<string> here, ICollection<string> faults)
    {
        if (configuration.GetSection("Bus").Exists()) return Read(configuration, "Bus", here, faults);

        if (configuration.GetSection("Database:Administrators").Exists())
            faults.Add("Bus:Administrator is not set, and the modules' databases are on servers of their own: say in which database the carrier Postgres has its letters.");
        return shop;
    }

    /// <summary>The databases of a topology that runs, for a command beside it: as configured, or the embedded server of the data folder.</summary>
    /// <exception cref="ConfigurationFaultsException">The settings name no database that can be used.</exception>
    public static Databases Find(IConfiguration configuration, IReadOnlyList<string> modules)
    {
        if (AreEmbedded(configuration)) return Embedded(EmbeddedPostgres.FindRunning(Path.GetFullPath(configuration["Data"] ?? "data")));

        var faults = new List<string>();
        var databases = Read(configuration, "Database", modules, faults);
        return faults.Count == 0 ? databases : throw new ConfigurationFaultsException(faults);
    }

    /// <summary>A server on this machine that the host itself has started; its administrator's random password is the secret.</summary>
    public static Databases Embedded(string administrator)
    {
        var connection = new NpgsqlConnectionStringBuilder(administrator) { Database = "shop" };
        return new(connection.ConnectionString, new Dictionary<string, string>(), new Dictionary<string, string>(), connection.Password!);
    }

    /// <summary>The connection of a module's own role; unqualified names are its own schema's.</summary>
    public string ConnectionOf(string module)
    {
        if (_given.TryGetValue(module, out var given)) return Tuned(new NpgsqlConnectionStringBuilder(given), module);

        return Tuned(new NpgsqlConnectionStringBuilder(AdministratorOf(module)) { Username = module, Password = PasswordOf(module) }, module);
    }

    /// <summary>Makes the databases, and the modules' roles and schemas in them, as the administrator. Can be run again, and by several hosts at once.</summary>
    public Task ProvisionAsync(IReadOnlyList<string> modules, CancellationToken cancellation) => ProvisionAsync(modules, "", module => $"create schema if not exists {module} authorization {module}", cancellation);

    /// <summary>The same with other objects than a schema for each module.</summary>
    /// <param name="once">SQL that is run in each database.</param>
    /// <param name="each">SQL that is run for each module.</param>
    internal async Task ProvisionAsync(IReadOnlyList<string> modules, string once, Func<string, string> each, CancellationToken cancellation)
    {
        foreach (var group in modules.Where(module => !_given.ContainsKey(module)).GroupBy(module => AdministratorOf(module)!))
        {
            var database = new NpgsqlConnectionStringBuilder(group.Key).Database!;
            // Roles belong to the whole server and locks to one database, so both are taken where all hosts meet.
            await using var server = await OpenAsync(group.Key, "postgres", cancellation);
            await server.RunAsync("select pg_advisory_lock(hashtextextended('modular-provision', 0))", cancellation);
            foreach (var module in group)
            {
                await server.RunAsync($"""
                    do $$ begin
                      if not exists (select 1 from pg_roles where rolname = '{module}') then create role {module}; end if;
                    end $$;
                    alter role {module} login nosuperuser nocreatedb nocreaterole password '{Verifier(PasswordOf(module))}'
                    """, cancellation);
            }

            if (await server.ReadAsync("select exists (select 1 from pg_database where datname = $1)", cancellation, database) is false) await server.RunAsync($"create database {Quoted(database)}", cancellation);

            await using var shop = await OpenAsync(group.Key, database, cancellation);
            await shop.RunAsync($"revoke all on database {Quoted(database)} from public; revoke all on schema public from public; {once}", cancellation);
            foreach (var module in group) await shop.RunAsync($"grant connect, temporary on database {Quoted(database)} to {module}; {each(module)}", cancellation);
        }
    }

    private string? AdministratorOf(string module) => _administrators.GetValueOrDefault(module, _administrator!);

    // Not pooled: closing gives back the lock and leaves no administrator's connection behind.
    private static async Task<NpgsqlConnection> OpenAsync(string administrator, string database, CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(administrator) { Database = database, Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellation);
        return connection;
    }

    // What PostgreSQL keeps of a password (RFC 5803): servers write statements to their logs, so the password itself is in none.
    private static string Verifier(string password)
    {
        const int rounds = 4096;
        var salt = RandomNumberGenerator.GetBytes(16);
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA256, 32);
        byte[] Key(string of) => HMACSHA256.HashData(salted, Encoding.UTF8.GetBytes(of));
        return $"SCRAM-SHA-256${rounds}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(SHA256.HashData(Key("Client Key")))}:{Convert.ToBase64String(Key("Server Key"))}";
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
        // Nothing of a module changes its session, so that there is nothing to reset: else each return to the pool costs seven statements, most of all there are.
        connection.NoResetOnClose = true;

        // Plans are kept, and one made for a nearly empty inbox would scan it when it is full (decision 13). A forbidden scan's price would set off JIT.
        // A host that vanished, with its machine or its network, must not hold its locks for hours.
        // Outside of a reaction's transaction no message is handled; the previous version's sessions, which set nothing, are not held to it.
        connection.Options = $"-c {Fence.Handles}=nothing -c enable_seqscan=off -c jit=off -c idle_in_transaction_session_timeout=60s -c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";
        return connection.ConnectionString;
    }
}
