using System.Diagnostics;
using Answering.Contracts;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1;
using Shared.Kernel;
using Shared.Testing;
using Toys;

namespace Integration;

/// <summary>A module asks another: the same without a socket as over one.</summary>
public abstract class Calls(TwoCallers modules)
{
    private readonly string _id = $"{Guid.CreateVersion7()}";

    [Fact]
    public async Task a_question_is_answered_and_its_request_is_over()
    {
        Assert.Equal("yes", (await Read("well"))!.Text);
        await Eventually.True(() => Task.FromResult(Scope.Open == 0), "the request's services disposed");
    }

    [Fact]
    public async Task a_long_answer_arrives_whole() => Assert.Equal(300_000, (await Read("long"))!.Text.Length);

    [Fact]
    public async Task the_trace_goes_along()
    {
        using var listener = new ActivityListener { ShouldListenTo = _ => true, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(listener);
        using var root = new Activity("who waits").Start();

        Assert.Equal($"{root.TraceId}", (await Read("trace"))!.Text);
    }

    [Fact]
    public async Task the_deadline_goes_along()
    {
        var before = TimeProvider.System.GetUtcNow();

        var deadline = DateTimeOffset.Parse((await Read("deadline"))!.Text);

        Assert.InRange(deadline, before, TimeProvider.System.GetUtcNow().AddSeconds(6));
    }

    [Theory]
    [InlineData("refuse", "answer.refused", "This is not answered, naïvely.")]
    [InlineData("invalid", "invalid", "The request is not valid: behaviour must be good.")]
    [InlineData("absent", "not-found", "There is no answer.")]
    public async Task a_no_arrives_with_its_code_and_reason_and_is_not_asked_again(string behaviour, string code, string reason)
    {
        var refusal = await Assert.ThrowsAsync<RefusedException>(() => Read(behaviour));

        Assert.Equal((code, reason, 1), (refusal.Code, refusal.Message, AnswerQuestions.TimesAsked(_id)));
    }

    [Fact]
    public async Task a_read_that_fails_is_asked_again()
    {
        Assert.Equal("yes", (await Read("fail once"))!.Text);
        Assert.Equal(2, AnswerQuestions.TimesAsked(_id));
    }

    [Fact]
    public async Task what_keeps_failing_is_done_without_and_counted()
    {
        var before = await modules.FallbacksAsync();

        Assert.Null(await Read("fail"));

        Assert.Equal(3, AnswerQuestions.TimesAsked(_id));
        await Eventually.True(async () => await modules.FallbacksAsync() > before, "one more fallback in the metrics");
    }

    [Fact]
    public async Task a_write_that_fails_is_not_asked_again()
    {
        Assert.Null(await modules.Callee.Ask((questions, options) => questions.WriteAsync(new Question { Id = _id, Behaviour = "fail" }, options), CancellationToken.None));
        Assert.Equal(1, AnswerQuestions.TimesAsked(_id));
    }

    [Fact]
    public async Task who_does_not_answer_in_time_is_done_without_and_told_so()
    {
        Assert.Null(await Read("wait"));
        await AnswerQuestions.WasLeft(_id).WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task who_is_not_waited_for_any_more_is_told_so()
    {
        using var patience = new CancellationTokenSource();
        var asking = Read("wait", patience.Token);
        await AnswerQuestions.IsWaiting(_id);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await AnswerQuestions.WasLeft(_id).WaitAsync(TimeSpan.FromSeconds(20));
    }

    private Task<Reply?> Read(string behaviour, CancellationToken ct = default) =>
        modules.Callee.Ask((questions, options) => questions.ReadAsync(new Question { Id = _id, Behaviour = behaviour }, options), ct);
}

public sealed class CallsToANeighbourTests(Neighbours modules) : Calls(modules), IClassFixture<Neighbours>;

public sealed class CallsToAnotherHostTests(HostsApart modules) : Calls(modules), IClassFixture<HostsApart>
{
    [Fact]
    public async Task who_shows_no_token_or_a_wrong_one_is_not_let_in()
    {
        using var channel = GrpcChannel.ForAddress(modules.CallAddress);
        var client = new Questions.QuestionsClient(channel);
        var strangers = CallSettings.KeyOf("another secret of the tests");
        var ours = CallSettings.KeyOf(ModuleUnderTest.Secret);

        await client.ReadAsync(new Question(), CallToken.Header("asking", "answering", ours, TimeProvider.System));
        foreach (var headers in new[]
        {
            new Metadata(),
            CallToken.Header("asking", "answering", strangers, TimeProvider.System),
            CallToken.Header("asking", "another", ours, TimeProvider.System),
            CallToken.Header("answering", "answering", ours, TimeProvider.System),
            CallToken.Header("asking", "answering", ours, new TenMinutesAgo()),
            new Metadata { { "Authorization", $"Bearer {(await TestIssuer.SharedAsync()).Token(Policies.Operator, Guid.CreateVersion7())}" } },
        })
            Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(async () => await client.ReadAsync(new Question(), headers))).StatusCode);
    }

    [Fact]
    public async Task health_is_told_of_the_host_and_of_each_module()
    {
        using var channel = GrpcChannel.ForAddress(modules.CallAddress);
        var health = new Health.HealthClient(channel);

        foreach (var service in new[] { "", "answering" })
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest { Service = service })).Status);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await health.CheckAsync(new HealthCheckRequest { Service = "nothing" }))).StatusCode);
    }

    [Fact]
    public async Task in_development_the_services_are_described_and_elsewhere_not()
    {
        Assert.Equal(["answering.v1.Questions"], await Described(modules.CallAddress));

        await using var elsewhere = new ProductionHost();
        await elsewhere.InitializeAsync();
        Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(() => Described(elsewhere.CallAddress))).StatusCode);

        static async Task<IEnumerable<string>> Described(Uri address)
        {
            using var channel = GrpcChannel.ForAddress(address);
            using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
            await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
            await call.ResponseStream.MoveNext(CancellationToken.None);
            return call.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name);
        }
    }

    [Fact]
    public async Task nothing_but_calls_is_on_their_port()
    {
        using var http = new HttpClient { DefaultRequestVersion = new Version(2, 0), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact, BaseAddress = modules.CallAddress };

        foreach (var path in new[] { "/", "/v1/answering/status", "/metrics", "/health/live", "/answering.v1.Others/Read" })
            Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);
    }

    private sealed class TenMinutesAgo : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddMinutes(-10);
    }
}
