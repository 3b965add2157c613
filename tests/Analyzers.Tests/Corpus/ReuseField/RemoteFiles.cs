// SFTP and shell sessions kept by host, and an FTP control connection written by hand.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Field.RemoteFiles
{
    public record HostKey(string Host, string User);

    public class SftpUploader
    {
        private static readonly ConcurrentDictionary<HostKey, SftpClient> Clients = new ConcurrentDictionary<HostKey, SftpClient>();
        private readonly Func<HostKey, string> _password;
        private readonly ILogger<SftpUploader> _log;

        public SftpUploader(Func<HostKey, string> password, ILogger<SftpUploader> log)
        {
            _password = password;
            _log = log;
        }

        public void Upload(HostKey key, Stream content, string path)
        {
            SftpClient client;
            if (!Clients.TryGetValue(key, out client!))
            {
                client = Connect(key);
                Clients[key] = client;
            }

            client.UploadFile(content, path); //! LCA3001
        }

        public void UploadConnected(HostKey key, Stream content, string path)
        {
            var client = Clients.GetOrAdd(key, Connect);
            if (!client.IsConnected)
                client.Connect();
            client.UploadFile(content, path); // ok LCA3001: connected again when it was not
        }

        public bool ExistsOrForget(HostKey key, string path)
        {
            var client = Clients.GetOrAdd(key, k => Connect(k));
            try
            {
                return client.Exists(path); // ok LCA3001: a failure throws the client out
            }
            catch (SshConnectionException e)
            {
                _log.LogWarning(e, "{Host} went away", key.Host);
                if (Clients.TryRemove(key, out var gone)) gone.Dispose();
                return false;
            }
        }

        public bool ExistsOrLog(HostKey key, string path)
        {
            var client = Clients.GetOrAdd(key, k => Connect(k)); //! LCA3002
            try
            {
                return client.Exists(path); //? LCA3001
            }
            catch (SshException e)
            {
                _log.LogWarning(e, "exists failed on {Host}", key.Host);
                return false;
            }
        }

        private SftpClient Connect(HostKey key)
        {
            var client = new SftpClient(key.Host, key.User, _password(key));
            try
            {
                client.Connect();
                return client;
            }
            catch
            {
                client.Dispose();
                throw;
            }
        }
    }

    public sealed class ShellRunner(IMemoryCache cache, string user, string password)
    {
        private SshClient Shell(string host) => cache.GetOrCreate("ssh/" + host, entry =>
        {
            entry.SlidingExpiration = TimeSpan.FromMinutes(10);
            entry.RegisterPostEvictionCallback((_, value, _, _) => (value as SshClient)?.Dispose());
            var client = new SshClient(host, user, password);
            client.Connect();
            return client;
        })!;

        public string Run(string host, string command)
        {
            using var result = Shell(host).RunCommand(command); //! LCA3001
            return result.Result;
        }

        public string RunConnected(string host, string command)
        {
            var shell = Shell(host);
            EnsureConnected(shell);
            using var result = shell.RunCommand(command); // ok LCA3001: the helper opened it again
            return result.Result;
        }

        private static void EnsureConnected(SshClient client)
        {
            if (client.IsConnected) return;
            client.Connect();
        }
    }

    /// <summary>Disconnect disposes the session and leaves it in the field; the getter asks only for null.</summary>
    public class BackupTarget : IDisposable
    {
        private readonly string _host;
        private SftpClient? _session;

        public BackupTarget(string host) => _host = host;

        private SftpClient Session
        {
            get
            {
                if (_session == null)
                {
                    _session = new SftpClient(_host, "backup", "");
                    _session.Connect();
                }

                return _session;
            }
        }

        public void Put(string path, Stream content) => Session.UploadFile(content, path); //! LCA3001

        public void Rest() => _session?.Dispose();

        public void Dispose() => Rest();
    }

    /// <summary>The same, asked for its state in the getter.</summary>
    public class CheckedBackupTarget : IDisposable
    {
        private readonly string _host;
        private SftpClient? _session;

        public CheckedBackupTarget(string host) => _host = host;

        private SftpClient Session
        {
            get
            {
                if (_session == null || !_session.IsConnected)
                {
                    _session?.Dispose();
                    _session = new SftpClient(_host, "backup", "");
                    _session.Connect();
                }

                return _session;
            }
        }

        public void Put(string path, Stream content) => Session.UploadFile(content, path); // ok LCA3001: the getter asks IsConnected

        public void Dispose() => _session?.Dispose();
    }

    /// <summary>FTP's control connection, kept while the job runs and after it.</summary>
    public sealed class FtpControl : IDisposable
    {
        private readonly string _host;
        private TcpClient? _control;
        private StreamReader? _reader;
        private StreamWriter? _writer;

        public FtpControl(string host) => _host = host;

        public async Task<string> CommandAsync(string command)
        {
            if (_control is null)
            {
                await OpenAsync();
            }

            await _writer!.WriteLineAsync(command); //! LCA3001
            await _writer.FlushAsync();
            return await _reader!.ReadLineAsync() ?? throw new IOException("control connection closed");
        }

        public async Task<string> CommandOrReopenAsync(string command)
        {
            try
            {
                if (_control is null) await OpenAsync();
                await _writer!.WriteLineAsync(command); // ok LCA3001: what fails is closed and opened anew next time
                await _writer.FlushAsync();
                return await _reader!.ReadLineAsync() ?? throw new IOException("control connection closed");
            }
            catch (IOException)
            {
                Drop();
                throw;
            }
        }

        private async Task OpenAsync()
        {
            var client = new TcpClient();
            try
            {
                await client.ConnectAsync(_host, 21);
                var stream = client.GetStream();
                _reader = new StreamReader(stream, Encoding.ASCII);
                _writer = new StreamWriter(stream, Encoding.ASCII) { NewLine = "\r\n" };
                _control = client;
            }
            catch
            {
                client.Dispose();
                throw;
            }
        }

        private void Drop()
        {
            _control?.Dispose();
            _control = null;
            _reader = null;
            _writer = null;
        }

        public void Dispose() => Drop();
    }
}
