using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kiosk.Server
{
    /// <summary>An HTTP listener in the old manner: the context of the moment is a field.</summary>
    public class KioskListener
    {
        private readonly HttpListener _listener = new HttpListener();
        private HttpListenerContext _current;

        public void Start(string prefix)
        {
            _listener.Prefixes.Add(prefix);
            _listener.Start();
            _listener.BeginGetContext(OnContext, null);
        }

        private void OnContext(IAsyncResult result)
        {
            try
            {
                _current = _listener.EndGetContext(result); //! LCA4002
                _listener.BeginGetContext(OnContext, null);
                byte[] page = Encoding.UTF8.GetBytes("<p>hello</p>");
                _current.Response.OutputStream.BeginWrite(page, 0, page.Length, OnWritten, null);
            }
            catch (Exception e) when (e is HttpListenerException || e is IOException || e is ObjectDisposedException || e is InvalidOperationException)
            {
                Console.WriteLine(e.Message);
            }
        }

        private void OnWritten(IAsyncResult result)
        {
            try
            {
                _current.Response.OutputStream.EndWrite(result);
                _current.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException || e is IOException || e is ObjectDisposedException || e is InvalidOperationException)
            {
                Console.WriteLine(e.Message);
            }
        }
    }

    /// <summary>The context is the state of its own write.</summary>
    public class CarefulKioskListener
    {
        private readonly HttpListener _listener = new HttpListener();

        public async Task RunAsync(string prefix)
        {
            _listener.Prefixes.Add(prefix);
            _listener.Start();
            while (_listener.IsListening)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                _ = Task.Run(() => AnswerAsync(context)); // ok LCA4003: the task is the request
            }
        }

        private static async Task AnswerAsync(HttpListenerContext context)
        {
            try
            {
                byte[] page = Encoding.UTF8.GetBytes("<p>hello</p>");
                await context.Response.OutputStream.WriteAsync(page, 0, page.Length);
                context.Response.Close();
            }
            catch (Exception e)
            {
                Console.WriteLine(e.Message);
            }
        }
    }

    /// <summary>A counter's display: the accepted client is a field, and the next one overwrites it.</summary>
    public class DisplayServer
    {
        private readonly TcpListener _listener;
        private TcpClient _client;
        private NetworkStream _stream;

        public DisplayServer(int port)
        {
            _listener = new TcpListener(IPAddress.Any, port);
        }

        public async Task ServeAsync(CancellationToken token)
        {
            _listener.Start();
            try
            {
                while (!token.IsCancellationRequested)
                {
                    _client = await _listener.AcceptTcpClientAsync(token); //! LCA4002
                    _ = ShowAsync();
                }
            }
            finally
            {
                _listener.Stop();
            }
        }

        private async Task ShowAsync()
        {
            try
            {
                _stream = _client.GetStream(); //? LCA4002
                await _stream.WriteAsync(new byte[] { 12 });
                await _stream.WriteAsync(Encoding.ASCII.GetBytes("Welcome"));
            }
            catch (Exception e)
            {
                Console.WriteLine(e.Message);
            }
            finally
            {
                _client.Dispose();
            }
        }
    }

    /// <summary>Serves one client to its end before it accepts the next.</summary>
    public class SingleDisplayServer
    {
        private readonly TcpListener _listener;
        private TcpClient _client;

        public SingleDisplayServer(int port)
        {
            _listener = new TcpListener(IPAddress.Any, port);
        }

        public async Task ServeAsync(CancellationToken token)
        {
            _listener.Start();
            try
            {
                while (!token.IsCancellationRequested)
                {
                    _client = await _listener.AcceptTcpClientAsync(token); // ok LCA4002: one after the other
                    using (_client)
                    {
                        await ShowAsync(token);
                    }
                }
            }
            finally
            {
                _listener.Stop();
            }
        }

        private async Task ShowAsync(CancellationToken token)
        {
            await _client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("Welcome"), token);
        }
    }

    /// <summary>A handler object for each client.</summary>
    public class PerClientDisplayServer
    {
        public async Task ServeAsync(TcpListener listener, CancellationToken token)
        {
            while (!token.IsCancellationRequested)
            {
                var conversation = new Conversation(await listener.AcceptTcpClientAsync(token));
                _ = conversation.RunAsync();
            }
        }

        private sealed class Conversation
        {
            private TcpClient _client;

            public Conversation(TcpClient client)
            {
                _client = client; // ok LCA4002: made for each client
            }

            public async Task RunAsync()
            {
                try
                {
                    await _client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("Welcome"));
                    await Task.Delay(1000);
                    await _client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("Bye"));
                }
                catch (Exception e)
                {
                    Console.WriteLine(e.Message);
                }
                finally
                {
                    _client.Dispose();
                }
            }
        }
    }
}
