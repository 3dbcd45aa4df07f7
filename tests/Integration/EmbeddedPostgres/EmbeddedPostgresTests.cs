using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shared.Kernel;
using Shared.Testing;
using static Integration.DataFolder;

namespace Integration;

public sealed class EmbeddedPostgresTests
{
    [Fact]
    public async Task a_cluster_is_made_and_its_server_is_set_up_as_the_modules_need_it()
    {
        using var data = new DataFolder();

        await using var postgres = await data.Start();

        Assert.Equal("logical", await Ask(postgres.AdministratorConnectionString, "show wal_level"));
        Assert.Equal("127.0.0.1", await Ask(postgres.AdministratorConnectionString, "show listen_addresses"));
        Assert.Equal("", await Ask(postgres.AdministratorConnectionString, "show unix_socket_directories"));
        Assert.Equal("200", await Ask(postgres.AdministratorConnectionString, "show max_connections"));
        Assert.Equal("on", await Ask(postgres.AdministratorConnectionString, "show fsync"));
        Assert.Equal("UTC", await Ask(postgres.AdministratorConnectionString, "show timezone"));
        Assert.Equal("UTF8", await Ask(postgres.AdministratorConnectionString, "show server_encoding"));
        Assert.InRange(new NpgsqlConnectionStringBuilder(postgres.AdministratorConnectionString).Port, 1024, 32767);
    }

    [Fact]
    public async Task nobody_comes_in_without_the_password_and_only_its_owner_reads_that()
    {
        using var data = new DataFolder();
        await using var postgres = await data.Start();
        var guess = new NpgsqlConnectionStringBuilder(postgres.AdministratorConnectionString) { Password = "postgres" };

        var refused = await Assert.ThrowsAsync<PostgresException>(() => Ask(guess.ConnectionString, "select 1"));

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(Path.Combine(data.Path, "postgres", "password")).UnixFileMode);
        Assert.Equal(0L, await Ask(postgres.AdministratorConnectionString, "select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256'"));
    }

    [Fact]
    public async Task a_restart_keeps_the_data()
    {
        using var data = new DataFolder();
        await using (var first = await data.Start())
            await Ask(first.AdministratorConnectionString, "create table kept as select 42 as answer");

        await using var second = await data.Start();

        Assert.Equal(42, await Ask(second.AdministratorConnectionString, "select answer from kept"));
    }

    [Fact]
    public async Task a_stop_leaves_no_process()
    {
        using var data = new DataFolder();
        var postgres = await data.Start();
        var processes = Directory.GetDirectories("/proc").Where(process => InGroup(process, data.ServerProcess)).ToArray();
        Assert.Contains($"/proc/{data.ServerProcess}", processes);

        await postgres.DisposeAsync();

        await Eventually.True(() => Task.FromResult(!processes.Any(Directory.Exists)), "the end of the server's log writer, which ends last");
        Assert.False(File.Exists(data.PidFile));
        Assert.False(postgres.Exited.IsCompleted);
    }

    [Fact]
    public async Task the_server_is_a_child_outside_the_process_group_that_ctrl_c_reaches()
    {
        using var data = new DataFolder();
        await using var postgres = await data.Start();

        var stat = Stat($"/proc/{data.ServerProcess}");

        Assert.Equal(Environment.ProcessId, stat.Parent);
        Assert.Equal(data.ServerProcess, stat.Group);
    }

    [Fact]
    public async Task the_server_of_a_live_host_is_found_and_no_other()
    {
        using var data = new DataFolder();
        Assert.Contains("No host runs", Assert.Throws<EmbeddedPostgresException>(() => EmbeddedPostgres.FindRunning(data.Path)).Message);

        await using (var postgres = await data.Start())
            Assert.Equal(postgres.AdministratorConnectionString, EmbeddedPostgres.FindRunning(data.Path));

        Assert.Contains("No host runs", Assert.Throws<EmbeddedPostgresException>(() => EmbeddedPostgres.FindRunning(data.Path)).Message);
    }

    [Fact]
    public async Task a_server_that_ends_on_its_own_is_told_with_the_reason_and_can_be_started_again()
    {
        using var data = new DataFolder();
        var first = await data.Start();
        Run("kill", "-9", $"{data.ServerProcess}");

        var reason = await first.Exited.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Contains(data.Path, reason.Message);
        Assert.Contains("exit code 137", reason.Message);
        await first.DisposeAsync();
        await using var second = await data.Start();
        Assert.Equal(1, await Ask(second.AdministratorConnectionString, "select 1"));
    }

    [Fact]
    public async Task a_plain_user_needs_no_root()
    {
        using var data = new DataFolder();
        Directory.CreateDirectory(data.Path);
        var account = Environment.IsPrivilegedProcess ? "nobody" : null;
        if (account is not null) Run("chown", account, data.Path);

        var (host, connectionString) = await PostgresHost.Start(data.Path, account);

        using (host) Assert.Equal(1, await Ask(connectionString, "select 1"));
        if (account is null) return;
        await using var postgres = await data.Start(); // root comes: the server stays his, and so can he come back
        Assert.Equal(1, await Ask(postgres.AdministratorConnectionString, "select 1"));
        await postgres.DisposeAsync();
        (await PostgresHost.Start(data.Path, account)).Host.Dispose();
    }

    [Fact]
    public async Task a_start_called_off_leaves_nothing_running_and_no_half_cluster()
    {
        using var data = new DataFolder();
        using var off = new CancellationTokenSource(TimeSpan.FromMilliseconds(150));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            EmbeddedPostgres.StartAsync(new(data.Path), NullLogger.Instance, off.Token));

        await using var postgres = await data.Start();
        Assert.Equal(1, await Ask(postgres.AdministratorConnectionString, "select 1"));
        Assert.Empty(Directory.GetDirectories(data.Path, "postgres.new-*"));
    }

    [Fact]
    public async Task the_log_is_bounded_and_holds_no_statements()
    {
        using var data = new DataFolder();
        await (await data.Start()).DisposeAsync();
        var logs = Path.Combine(data.Path, "postgres", "log");
        var old = Path.Combine(logs, "server-old.log");
        File.WriteAllText(old, "");
        File.SetLastWriteTimeUtc(old, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-7));

        await using var postgres = await data.Start();
        await Assert.ThrowsAsync<PostgresException>(() => Ask(postgres.AdministratorConnectionString, "select 1/0 as secret"));

        Assert.False(File.Exists(old));
        var file = Assert.Single(Directory.GetFiles(logs));
        var log = await Eventually.Get(() => File.ReadAllTextAsync(file), text => text.Contains("division by zero"), "the error in the log");
        Assert.DoesNotContain("secret", log);
        Assert.Equal("on", await Ask(postgres.AdministratorConnectionString, "show log_truncate_on_rotation"));
    }

    [Fact]
    public async Task the_server_gets_nothing_of_the_hosts_environment()
    {
        using var data = new DataFolder();
        await using var postgres = await data.Start();

        var names = File.ReadAllText($"/proc/{data.ServerProcess}/environ").Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(x => x.Split('=')[0]);

        Assert.Equal(["LC_ALL", "PATH"], names.Order());
    }

    private static bool InGroup(string process, int group)
    {
        try
        {
            return int.TryParse(Path.GetFileName(process), out _) && (Stat(process) is var stat && (stat.Group == group || stat.Parent == group));
        }
        catch (IOException)
        {
            return false; // ended while it was looked at
        }
    }

    // pid (name) state ppid pgrp …
    private static (int Parent, int Group) Stat(string process)
    {
        var fields = File.ReadAllText(Path.Combine(process, "stat")).Split(") ")[^1].Split(' ');
        return (int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[2], CultureInfo.InvariantCulture));
    }
}
