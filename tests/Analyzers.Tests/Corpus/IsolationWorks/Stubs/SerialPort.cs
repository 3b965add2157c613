// Declarations of System.IO.Ports, as far as the cases use them.
namespace System.IO.Ports
{
    public enum Parity { None, Odd, Even }
    public enum StopBits { None, One, Two }
    public class SerialErrorReceivedEventArgs : EventArgs { }
    public class SerialDataReceivedEventArgs : EventArgs { }

    public class SerialPort : IDisposable
    {
        public SerialPort(string portName, int baudRate) { }
        public event EventHandler<SerialErrorReceivedEventArgs>? ErrorReceived { add { } remove { } }
        public event EventHandler<SerialDataReceivedEventArgs>? DataReceived { add { } remove { } }
        public bool IsOpen => throw null!;
        public int ReadTimeout { get; set; }
        public int WriteTimeout { get; set; }
        public string NewLine { get; set; } = "\n";
        public Stream BaseStream => throw null!;
        public void Open() => throw null!;
        public void Close() => throw null!;
        public void Write(string text) => throw null!;
        public void Write(byte[] buffer, int offset, int count) => throw null!;
        public void WriteLine(string text) => throw null!;
        public int Read(byte[] buffer, int offset, int count) => throw null!;
        public string ReadLine() => throw null!;
        public string ReadTo(string value) => throw null!;
        public void DiscardInBuffer() => throw null!;
        public void Dispose() { }
    }
}
