using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Shared.Kernel;

/// <summary>A no to the caller's question keeps its text and code on the way; any other fault tells nothing of the inside.</summary>
internal sealed class AnswerFaults : Interceptor
{
    public const string Code = "code";

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception fault) when (fault is InvalidException or NotFoundException or RefusedException)
        {
            var (status, code) = fault switch
            {
                InvalidException => (StatusCode.InvalidArgument, "invalid"),
                NotFoundException => (StatusCode.NotFound, "not-found"),
                _ => (StatusCode.FailedPrecondition, ((RefusedException)fault).Code),
            };
            throw new RpcException(new Status(status, fault.Message), new Metadata { { Code, code } });
        }
    }
}
