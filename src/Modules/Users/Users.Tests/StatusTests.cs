using System.Net;
using Shared.Testing;

namespace Users.Tests;

[Collection(typeof(OneMail))]
public sealed class StatusTests(TheMail mail)
{
    private const string Waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

    [Fact]
    public async Task however_many_ask_for_the_counts_at_once_they_are_counted_once()
    {
        using var http = mail.Module.Anonymous();
        List<Task<HttpResponseMessage>> answers = [];
        await using (var connection = await mail.Module.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var hold = connection.CreateCommand();
            hold.CommandText = "lock table mt_doc_account in access exclusive mode";
            await hold.ExecuteNonQueryAsync();
            // What was answered just before, to another test, is not asked again for a while.
            await Eventually.True(async () =>
            {
                answers.Add(http.GetAsync("/v1/users/status"));
                return await mail.Module.Query<long>(Waiting) > 0;
            }, "one counts");

            for (var i = 0; i < 5; i++) answers.Add(http.GetAsync("/v1/users/status"));
            // They have come by the time that others, who came later, are answered.
            for (var i = 0; i < 10; i++) Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/v1/users/keys")).StatusCode);
            Assert.Equal(1, await mail.Module.Query<long>(Waiting));
        }

        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }
}
