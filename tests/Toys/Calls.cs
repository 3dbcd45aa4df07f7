using System.Collections.Concurrent;
using System.Diagnostics;
using Answering.Contracts;
using Grpc.Core;
using Marten;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shared.Kernel;

namespace Toys;

/// <summary>A module of the tests' own that asks.</summary>
public sealed class AskingModule : Module
{
    public string Called { get; init; } = "asking";

    public override string Name => Called;

    public override void Messages(MessageMap messages) { }

    public override void Calls(CallMap calls) => calls.Asks<Questions.QuestionsClient>();

    public override void Services(IServiceCollection services, IConfiguration configuration) { }

    public override void Store(StoreOptions store) { }

    public override void Endpoints(IEndpointRouteBuilder routes) { }
}

/// <summary>A module of the tests' own that is asked: what the question's behaviour says decides how it is answered.</summary>
public sealed class AnsweringModule : Module
{
    public override string Name => "answering";

    public override void Messages(MessageMap messages) { }

    public override void Calls(CallMap calls) => calls.Answers<AnswerQuestions>();

    public override void Services(IServiceCollection services, IConfiguration configuration) => services.AddScoped<Scope>();

    public override void Store(StoreOptions store) { }

    public override void Endpoints(IEndpointRouteBuilder routes) { }
}

/// <summary>Lives as long as its request.</summary>
public sealed class Scope : IDisposable
{
    private int _ended;

    public static int Open => _open;

    private static int _open;

    public Scope() => Interlocked.Increment(ref _open);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0) Interlocked.Decrement(ref _open);
    }
}

public sealed class AnswerQuestions(Scope scope) : Questions.QuestionsBase
{
    private static readonly ConcurrentDictionary<string, int> Asked = new();
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> Waiting = new(), Left = new();

    /// <summary>How often the question came here.</summary>
    public static int TimesAsked(string id) => Asked.GetValueOrDefault(id);

    /// <summary>A question that is kept waiting has arrived.</summary>
    public static Task IsWaiting(string id) => Signal(Waiting, id).Task;

    /// <summary>Who asked it has given up.</summary>
    public static Task WasLeft(string id) => Signal(Left, id).Task;

    public override Task<Reply> Read(Question request, ServerCallContext context) => Answer(request, context);

    public override Task<Reply> Write(Question request, ServerCallContext context) => Answer(request, context);

    private async Task<Reply> Answer(Question question, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var times = Asked.AddOrUpdate(question.Id, 1, (_, before) => before + 1);
        switch (question.Behaviour)
        {
            case "refuse": throw new RefusedException("answer.refused", "This is not answered, naïvely.");
            case "invalid": throw new InvalidException(new Dictionary<string, string[]> { ["behaviour"] = ["must be good"] });
            case "absent": throw new NotFoundException("answer");
            case "fail" or "fail once" when question.Behaviour == "fail" || times == 1: throw new InvalidOperationException("a secret of the inside");
            case "wait":
                Signal(Waiting, question.Id).TrySetResult();
                using (context.CancellationToken.Register(() => Signal(Left, question.Id).TrySetResult())) await Task.Delay(Timeout.Infinite, context.CancellationToken);
                break;
        }

        var text = question.Behaviour switch { "long" => new string('x', 300_000), "trace" => $"{Activity.Current?.TraceId}", "deadline" => $"{context.Deadline:O}", _ => "yes" };
        return new Reply { Text = text };
    }

    private static TaskCompletionSource Signal(ConcurrentDictionary<string, TaskCompletionSource> signals, string id) =>
        signals.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
