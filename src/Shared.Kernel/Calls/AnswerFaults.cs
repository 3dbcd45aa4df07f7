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
        catch (InvalidException invalid)
        {
            throw Refusal(StatusCode.InvalidArgument, "invalid", invalid);
        }
        catch (NotFoundException absent)
        {
            throw Refusal(StatusCode.NotFound, "not-found", absent);
        }
        catch (RefusedException refused)
        {
            throw Refusal(StatusCode.FailedPrecondition, refused.Code, refused);
        }
    }

    private static RpcException Refusal(StatusCode status, string code, Exception fault) => new(new Status(status, fault.Message), new Metadata { { Code, code } });
}
