using System.Diagnostics;
using Shared.Kernel;
using Shared.Testing;
using static Integration.DataFolder;

namespace Integration;

[Trait(Topologies.Runs, Topologies.Slow)]
public sealed class EmbeddedPostgresCrashTests
{
    [Fact]
    public async Task the_server_of_a_killed_host_is_replaced_and_what_was_committed_is_there()
    {
        using var data = new DataFolder();
        var (host, connectionString) = await PostgresHost.Start(data.Path);
        using var killed = host;
        await Ask(connectionString, "create table kept as select 42 as answer");
        var orphan = data.ServerProcess;
        killed.Kill();
        Assert.True(Runs(orphan));
        Assert.Throws<EmbeddedPostgresException>(() => EmbeddedPostgres.FindRunning(data.Path));

        await using var postgres = await data.Start();

        Assert.False(Runs(orphan));
        Assert.Equal(42, await Ask(postgres.AdministratorConnectionString, "select answer from kept"));
    }

    [Fact]
    public async Task the_last_statement_of_a_killed_server_is_waited_for()
    {
        using var data = new DataFolder();
        var (host, connectionString) = await PostgresHost.Start(data.Path);
        using var killed = host;
        var busy = Ask(connectionString, "do 'declare till timestamptz := clock_timestamp() + interval ''3 seconds''; begin while clock_timestamp() < till loop end loop; end'");
        var backend = await Eventually.Get(() => Ask(connectionString, "select pid from pg_stat_activity where query like 'do %' and state = 'active'"),
            process => process is not null, "the running statement");
        killed.Kill();
        Run("kill", "-9", $"{data.ServerProcess}");
        Assert.True(Runs((int)backend!));

        await using var postgres = await data.Start();

        Assert.False(Runs((int)backend!));
        Assert.Equal(1, await Ask(postgres.AdministratorConnectionString, "select 1"));
        await busy; // it was answered: the statement ran to its end without its server
    }

    [Theory]
    [InlineData("")]
    [InlineData("-17\n")]
    [InlineData("no number\n")]
    [InlineData("4194304\n/nowhere\n1\n5432\n")]
    public async Task a_stale_pid_file_is_no_obstacle(string content)
    {
        using var data = new DataFolder();
        await (await data.Start()).DisposeAsync();
        File.WriteAllText(data.PidFile, content);

        await using var postgres = await data.Start();

        Assert.Equal(1, await Ask(postgres.AdministratorConnectionString, "select 1"));
    }

    [Fact]
    public async Task a_foreign_process_that_got_the_number_of_a_dead_server_is_left_alone()
    {
        using var data = new DataFolder();
        var first = await data.Start();
        var pidFile = await File.ReadAllLinesAsync(data.PidFile, TestContext.Current.CancellationToken);
        await first.DisposeAsync();
        using var foreign = Process.Start(new ProcessStartInfo("sleep", ["600"]) { UserName = Environment.IsPrivilegedProcess ? "postgres" : null, WorkingDirectory = "/" })!;
        await File.WriteAllLinesAsync(data.PidFile, [$"{foreign.Id}", .. pidFile[1..]], TestContext.Current.CancellationToken);

        try
        {
            await using var second = await data.Start();

            Assert.Equal(1, await Ask(second.AdministratorConnectionString, "select 1"));
            Assert.False(foreign.HasExited);
        }
        finally
        {
            foreign.Kill();
        }
    }

    [Fact]
    public async Task a_second_host_is_told_who_has_the_folder()
    {
        using var data = new DataFolder();
        var (host, connectionString) = await PostgresHost.Start(data.Path);
        using var first = host;

        var refusal = await data.StartFails();

        Assert.Contains($"process {first.Id},", refusal);
        Assert.Contains(data.Path, refusal);
        Assert.Equal(1, await Ask(connectionString, "select 1"));
    }

    [Fact]
    public async Task a_host_killed_while_it_made_the_cluster_leaves_nothing_that_looks_like_one()
    {
        using var data = new DataFolder();
        var half = Directory.CreateDirectory(Path.Combine(data.Path, "postgres.new-half", "cluster")).FullName;
        File.WriteAllText(Path.Combine(half, "PG_VERSION"), "15");

        await using var postgres = await data.Start();

        Assert.Equal(1, await Ask(postgres.AdministratorConnectionString, "select 1"));
        Assert.False(Directory.Exists(half));
    }
}
