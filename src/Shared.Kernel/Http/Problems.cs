using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Shared.Kernel;

/// <summary>Every failed request is answered by problem details (RFC 9457) with a stable <c>code</c> for programs and the trace id; a fault tells nothing of the inside.</summary>
internal sealed partial class Problems(RequestDelegate next, IProblemDetailsService problems, ILogger<Problems> logger)
{
    private static readonly Dictionary<int, (string Code, string Detail)> ByStatus = new()
    {
        [400] = ("request.malformed", "The request could not be read."),
        [401] = ("unauthenticated", "Sign in and send the token in the header Authorization: Bearer …."),
        [403] = ("forbidden", "Your role does not allow this."),
        [404] = ("route.unknown", "There is nothing at this address. /openapi/v1.json lists what there is."),
        [405] = ("method.not-allowed", "The header Allow names the methods of this address."),
        [413] = ("request.too-large", "The body is larger than this address takes."),
        [415] = ("request.media-type", "The header Content-Type names a type that this address does not take."),
        [503] = ("unavailable", "Try again after the seconds in the header Retry-After."),
    };

    /// <summary>Adds code and trace to problems that the framework makes (401, 404, …).</summary>
    public static void Customize(ProblemDetailsOptions options) => options.CustomizeProblemDetails = context =>
    {
        var problem = context.ProblemDetails;
        problem.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
        if (problem.Extensions.ContainsKey("code")) return;

        var (code, detail) = ByStatus.GetValueOrDefault(problem.Status ?? 500, ("fault", "Something went wrong inside; the trace id helps to find it."));
        problem.Extensions["code"] = code;
        problem.Detail ??= detail;
        problem.Type = null;
    };

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: nobody is left to be answered.
            context.Response.StatusCode = 499;
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            var problem = From(fault);
            if (problem.Status >= 500) LogFault(fault, context.Request.Method, context.Request.Path);
            context.Response.StatusCode = problem.Status!.Value;
            if (problem.Status == 503) context.Response.Headers.RetryAfter = "2";
            await problems.WriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = problem });
        }
    }

    private static ProblemDetails From(Exception fault) => fault switch
    {
        OutboxFullException => Problem(503, "outbox.full", fault.Message + " " + ByStatus[503].Detail),
        IssuerAwayException => Problem(503, ByStatus[503].Code, fault.Message + " " + ByStatus[503].Detail),
        NotFoundException => Problem(404, "not-found", fault.Message),
        RefusedException refused => Problem(409, refused.Code, refused.Message),
        ChangedMeanwhileException => Problem(412, "changed-meanwhile", fault.Message),
        KeyReusedException => Problem(422, "idempotency-key.reused", fault.Message),
        InvalidException invalid => With(Problem(400, "invalid", "The request breaks rules, all of which are listed in errors."), "errors", invalid.Errors),
        BadHttpRequestException { InnerException: JsonException json } => Malformed(json),
        BadHttpRequestException bad => Problem(bad.StatusCode, ByStatus.GetValueOrDefault(bad.StatusCode, ByStatus[400]).Code, bad.StatusCode == 413 ? ByStatus[413].Detail : bad.Message),
        _ when Retries.IsLostRace(fault) => Problem(409, "conflict", "Somebody else changed the same thing at the same moment: read it again and repeat."),
        Npgsql.NpgsqlException { IsTransient: true } => Problem(503, ByStatus[503].Code, "The database does not answer. " + ByStatus[503].Detail),
        _ => Problem(500, "fault", "Something went wrong inside; the trace id helps to find it."),
    };

    // The reader's own message names .NET types; the place is what a client needs.
    private static ProblemDetails Malformed(JsonException fault) =>
        Problem(400, "request.malformed", $"The body is not the JSON that this address takes: look at {fault.Path ?? "$"}{(fault.LineNumber is { } line ? $", line {line + 1}" : "")}. It may be misspelt, missing, of another type, given twice or not known here.");

    private static ProblemDetails Problem(int status, string code, string detail) => With(new ProblemDetails { Status = status, Detail = detail }, "code", code);

    private static ProblemDetails With(ProblemDetails problem, string name, object value)
    {
        problem.Extensions[name] = value;
        return problem;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed.")]
    private partial void LogFault(Exception fault, string method, string path);
}
